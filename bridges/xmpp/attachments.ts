import type { AttachmentAbility } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { readSource } from './file-source.ts';
import { Stickers } from './stickers.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

/** Fetches what is attached to a message: over the web, or a sticker from whoever has it. */
export function attachmentsOf(link: AccountLink, engine: StreamEngine): AttachmentAbility {
  const stickers = new Stickers({ engine, mayAsk: (jid) => link.rooms.isJoined(jid) || link.roster.seesPresence(jid) });
  return {
    download: ({ source }, path, maxBytes, signal) =>
      stickers.isSticker(source)
        ? stickers.download(source, path, maxBytes)
        : link.files.download(readSource(source), path, maxBytes, signal),
  };
}
