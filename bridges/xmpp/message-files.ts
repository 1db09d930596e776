import type { RemoteAttachment } from '#model';
import { attachmentOf, readOutOfBand } from './extensions/0066-out-of-band-data.ts';
import { readMediaSharing } from './extensions/0385-media-sharing.ts';
import { readFileSharing, type SharedFile } from './extensions/0447-stateless-file-sharing.ts';
import { readEncryptedLink } from './extensions/0454-omemo-media-sharing.ts';
import { writeSource } from './file-source.ts';
import { readStickers } from './stickers.ts';
import type { XmlElement } from './stream/xml/element.ts';

export interface MessageFiles {
  readonly attachments: readonly RemoteAttachment[];
  /** The addresses of these files, which stand in the text too. */
  readonly urls: ReadonlySet<string>;
}

const mostAttachments = 20;
const noFiles: MessageFiles = { attachments: [], urls: new Set() };

/**
 * The files of a message. Clients write the same file in up to three ways, for others that know only one of them: the
 * richest is read, the rest is known by its address. A text that is an `aesgcm` address is a file and nothing else.
 */
export function readFiles(message: XmlElement, body: string): MessageFiles {
  const link = readEncryptedLink(body);
  if (link !== null) {
    const { source, thumbnail } = link;
    const file = attachmentOf(source.url);
    if (file !== null) {
      const attachments = [{ ...file, thumbnail, source: writeSource({ sources: [source], sha256: null }) }];
      return { attachments, urls: new Set([body]) };
    }
  }
  const files = [...readFileSharing(message), ...readMediaSharing(message)];
  const linked = readOutOfBand(message);
  const stickers = readStickers(message);
  // Most messages: nothing is made for them.
  if (files.length + linked.length + stickers.length === 0) return noFiles;
  const shared = new Map<string, RemoteAttachment>();
  const urls = new Set<string>();
  for (const file of files) {
    const isKnown = file.sources.some(({ url }) => urls.has(url));
    for (const { url } of file.sources) urls.add(url);
    const attachment = isKnown ? null : toAttachment(file);
    if (attachment !== null) shared.set(attachment.remoteId, attachment);
  }
  for (const plain of linked) {
    if (!urls.has(plain.source)) shared.set(plain.remoteId, plain);
    urls.add(plain.source);
  }
  return { attachments: [...shared.values(), ...stickers].slice(0, mostAttachments), urls };
}

/** Named by its first address, as every way of writing it names it. */
function toAttachment({ sources, sha256, name, mime, ...about }: SharedFile): RemoteAttachment | null {
  const [first] = sources;
  const plain = first === undefined ? null : attachmentOf(first.url);
  if (plain === null) return null;
  return { ...plain, ...about, name: name ?? plain.name, mime: mime ?? plain.mime, source: writeSource({ sources, sha256 }) };
}
