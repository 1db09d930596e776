import { writeFile } from 'node:fs/promises';
import { BridgeError } from '#bridge';
import type { RemoteAttachment } from '#model';
import { readPictures } from './extensions/0071-pictures.ts';
import { BitsCache, bitsQuery, readBits, type BitsOfBinary } from './extensions/0231-bits-of-binary.ts';
import { bareJid } from './jid.ts';
import type { StreamEngine } from './stream/stream-engine.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** Of base64: what is larger than a sticker is asked for again instead of being kept in the store. */
const mostKept = 24_000;
const deadlineMs = 20_000;
const endings: Readonly<Record<string, string>> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif', 'image/webp': 'webp' };

/** How a sticker is fetched: its hash, who has it, and itself when it came along. */
interface StickerSource {
  readonly cid: string;
  readonly from: string;
  readonly mime: string;
  readonly data: string | null;
}

/** Small pictures in a message, named by their hash (XEP-0231). One that came along is shown at once, from nowhere else. */
export function readStickers(message: XmlElement): readonly RemoteAttachment[] {
  const pictures = readPictures(message);
  if (pictures.length === 0) return [];
  const from = message.attribute('from') ?? '';
  const along = new Map(readBits(message).map((bits) => [bits.cid, bits]));
  return pictures.flatMap((cid): RemoteAttachment[] => {
    const bits = along.get(cid);
    const mime = bits?.mime.toLowerCase() ?? 'image/png';
    const ending = Object.hasOwn(endings, mime) ? endings[mime] : undefined;
    if (ending === undefined) return [];
    const data = bits === undefined ? null : Buffer.from(bits.bytes).toString('base64');
    const kept = data !== null && data.length <= mostKept ? data : null;
    const source: StickerSource = { cid, from, mime, data: kept };
    return [
      {
        remoteId: `cid:${cid}`,
        name: `sticker.${ending}`,
        mime,
        source: `cid:${JSON.stringify(source)}`,
        ...(bits === undefined ? {} : { sizeBytes: bits.bytes.byteLength }),
        ...(kept === null ? {} : { thumbnail: `data:${mime};base64,${kept}` }),
      },
    ];
  });
}

export interface StickersOptions {
  readonly engine: Pick<StreamEngine, 'request'>;
  /** Whether we may ask: who is asked learns that somebody looks. */
  mayAsk(bareJid: string): boolean;
}

/** Fetches stickers, each hash once. */
export class Stickers {
  readonly #options: StickersOptions;
  readonly #known = new BitsCache();

  constructor(options: StickersOptions) {
    this.#options = options;
  }

  isSticker(source: string): boolean {
    return source.startsWith('cid:{');
  }

  /** @throws BridgeError `not-found`, `too-large`, `forbidden` when its owner is a stranger */
  async download(source: string, path: string, maxBytes: number): Promise<void> {
    const { cid, from, mime, data } = JSON.parse(source.slice('cid:'.length)) as StickerSource;
    const kept = data === null ? this.#known.get(cid)?.bytes : Buffer.from(data, 'base64');
    const bytes = kept ?? (await this.#ask(cid, from, mime)).bytes;
    if (bytes.byteLength > maxBytes) throw new BridgeError('too-large', { limitBytes: maxBytes });
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
  }

  async #ask(cid: string, from: string, mime: string): Promise<BitsOfBinary> {
    const owner = bareJid(from);
    if (owner === null || !this.#options.mayAsk(owner)) throw new BridgeError('forbidden', { detail: 'somebody we do not know has this picture' });
    const answer = await this.#options.engine.request({ type: 'get', to: from, payload: bitsQuery(cid), deadlineMs });
    const bits = readBits(answer).find((one) => one.cid === cid);
    if (bits === undefined || !Object.hasOwn(endings, bits.mime.toLowerCase())) throw new BridgeError('not-found', { detail: `no ${mime} of this name` });
    this.#known.put(bits);
    return bits;
  }
}
