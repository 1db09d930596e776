/**
 * XEP-0231 Bits of Binary, version 1.0 — https://xmpp.org/extensions/xep-0231.html
 * Left out: offering data of our own, `max-age` (what is kept is named by its hash and never grows stale).
 */
import { createHash, getHashes } from 'node:crypto';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export interface BitsOfBinary {
  readonly cid: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

const mostBytes = 512 * 1024;
/** `sha1+hash@bob.xmpp.org`; the name of the hash is written without its dash, or with it. */
const cidPattern = /^([a-z0-9-]{2,20})\+([0-9a-f]{8,128})@bob\.xmpp\.org$/i;
const known = new Set(getHashes().map((name) => name.toLowerCase()));

/** The name of data in a `cid:` address; null when it names none. */
export function cidOf(uri: string): string | null {
  const name = /^cid:(.+)$/i.exec(uri.trim())?.[1] ?? '';
  return cidPattern.test(name) ? name : null;
}

export const bitsQuery = (cid: string): XmlElement => element('data', { xmlns: ns.bitsOfBinary, cid });

/** The data inside a stanza or element, but only what its name is the hash of. */
export function readBits(parent: XmlElement): readonly BitsOfBinary[] {
  return parent.childrenNamed('data', ns.bitsOfBinary).slice(0, 5).flatMap((data): BitsOfBinary[] => {
    const cid = data.attribute('cid') ?? '';
    const text = data.text();
    if (text.length > mostBytes * 1.4) return [];
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length === 0 || bytes.length > mostBytes || !isNamedByHash(cid, bytes)) return [];
    return [{ cid, mime: (data.attribute('type') ?? '').slice(0, 200), bytes: new Uint8Array(bytes) }];
  });
}

function isNamedByHash(cid: string, bytes: Uint8Array): boolean {
  const [, algorithm = '', expected = ''] = cidPattern.exec(cid) ?? [];
  const name = algorithm.toLowerCase().replace('-', '');
  if (!name.startsWith('sha') || !known.has(name)) return false;
  return createHash(name).update(bytes).digest('hex') === expected.toLowerCase();
}

/** Data by name, as much of it as a few forms and stickers need; the oldest goes first. */
export class BitsCache {
  readonly #bits = new Map<string, BitsOfBinary>();
  #bytes = 0;

  get(cid: string): BitsOfBinary | undefined {
    return this.#bits.get(cid);
  }

  put(bits: BitsOfBinary): void {
    if (this.#bits.has(bits.cid)) return;
    this.#bits.set(bits.cid, bits);
    this.#bytes += bits.bytes.byteLength;
    for (const [cid, { bytes }] of this.#bits) {
      if (this.#bytes <= 4 * 1024 * 1024) break;
      this.#bits.delete(cid);
      this.#bytes -= bytes.byteLength;
    }
  }
}
