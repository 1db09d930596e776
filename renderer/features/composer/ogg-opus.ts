/**
 * Opus out of the WebM that a browser records into the Ogg that other programs (and phones) play as a voice message.
 * Nothing is decoded: the packets only get other covers.
 * @see https://www.rfc-editor.org/rfc/rfc8794 (EBML), https://www.rfc-editor.org/rfc/rfc7845 (Opus in Ogg)
 */

const ids = { segment: 0x18538067, cluster: 0x1f43b675, blockGroup: 0xa0, block: 0xa1, simpleBlock: 0xa3, tracks: 0x1654ae6b, trackEntry: 0xae, codecPrivate: 0x63a2 } as const;
const masters: ReadonlySet<number> = new Set([ids.segment, ids.cluster, ids.blockGroup, ids.tracks, ids.trackEntry]);

interface WebmAudio {
  /** The Opus head as it stands in the track. */
  readonly head: Uint8Array;
  readonly packets: readonly Uint8Array[];
}

const vintLength = (first: number): number => Math.clz32(first) - 23;

/** Reads what matters of a WebM with one Opus track; null: it is none. */
const readWebm = (bytes: Uint8Array): WebmAudio | null => {
  const packets: Uint8Array[] = [];
  let head: Uint8Array | null = null;
  const walk = (start: number, end: number): void => {
    let at = start;
    while (at < end) {
      const idLength = vintLength(bytes[at] ?? 0);
      let id = 0;
      for (let index = 0; index < idLength; index += 1) id = id * 256 + (bytes[at + index] ?? 0);
      at += idLength;
      const sizeLength = vintLength(bytes[at] ?? 0);
      if (idLength < 1 || idLength > 4 || sizeLength < 1 || sizeLength > 8) return;
      let size = (bytes[at] ?? 0) & (0xff >> sizeLength);
      let isUnknown = size === 0xff >> sizeLength;
      for (let index = 1; index < sizeLength; index += 1) {
        const byte = bytes[at + index] ?? 0;
        isUnknown &&= byte === 0xff;
        size = size * 256 + byte;
      }
      at += sizeLength;
      // A live recording does not know how long its parts will be: they go to the end.
      const until = isUnknown ? end : Math.min(end, at + size);
      if (masters.has(id)) walk(at, until);
      else if (id === ids.codecPrivate) head = bytes.slice(at, until);
      // Track number, two bytes of time, one of flags; the rest is one packet.
      else if (id === ids.simpleBlock || id === ids.block) packets.push(bytes.slice(at + vintLength(bytes[at] ?? 0) + 3, until));
      at = until;
    }
  };
  walk(0, bytes.length);
  return head === null || packets.length === 0 ? null : { head, packets };
};

const frameSamples = [480, 960, 1_920, 2_880] as const;
const celtSamples = [120, 240, 480, 960] as const;

/** How many samples at 48 kHz a packet holds. @see https://www.rfc-editor.org/rfc/rfc6716#section-3.1 */
const samplesOf = (packet: Uint8Array): number => {
  const toc = packet[0] ?? 0;
  const config = toc >> 3;
  const frame = config < 12 ? frameSamples[config & 3] : config < 16 ? (config & 1 ? 960 : 480) : celtSamples[config & 3];
  const count = [1, 2, 2, (packet[1] ?? 0) & 0x3f][toc & 3] ?? 1;
  return (frame ?? 960) * count;
};

const crcTable = Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});
const crcOf = (page: Uint8Array): number => {
  let crc = 0;
  for (const byte of page) crc = ((crc << 8) ^ (crcTable[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return crc;
};

const pageFlags = { first: 2, last: 4, none: 0 } as const;
/** A page holds at most 255 pieces of at most 255 bytes; so many packets of speech are far below that. */
const packetsPerPage = 25;

const makePage = (packets: readonly Uint8Array[], flags: number, granule: number, serial: number, sequence: number): Uint8Array => {
  const lacing = packets.flatMap(({ length }) => [...Array.from({ length: Math.floor(length / 255) }, () => 255), length % 255]);
  const bodyLength = packets.reduce((sum, { length }) => sum + length, 0);
  const page = new Uint8Array(27 + lacing.length + bodyLength);
  const view = new DataView(page.buffer);
  page.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
  view.setBigUint64(6, BigInt(granule), true);
  view.setUint32(14, serial, true);
  view.setUint32(18, sequence, true);
  page[26] = lacing.length;
  page.set(lacing, 27);
  let at = 27 + lacing.length;
  for (const packet of packets) {
    page.set(packet, at);
    at += packet.length;
  }
  view.setUint32(22, crcOf(page), true);
  return page;
};

const tags = (): Uint8Array => {
  const vendor = new TextEncoder().encode('Palomar');
  const bytes = new Uint8Array(8 + 4 + vendor.length + 4);
  bytes.set(new TextEncoder().encode('OpusTags'));
  new DataView(bytes.buffer).setUint32(8, vendor.length, true);
  bytes.set(vendor, 12);
  return bytes;
};

/** The same sound as Ogg; null: this is no WebM with Opus, and stays what it is. */
export const toOggOpus = (webm: Uint8Array): Uint8Array | null => {
  const audio = readWebm(webm);
  if (audio === null) return null;
  const serial = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const pages = [makePage([audio.head], pageFlags.first, 0, serial, 0), makePage([tags()], pageFlags.none, 0, serial, 1)];
  let granule = 0;
  for (let start = 0; start < audio.packets.length; start += packetsPerPage) {
    const packets = audio.packets.slice(start, start + packetsPerPage);
    for (const packet of packets) granule += samplesOf(packet);
    const isLast = start + packetsPerPage >= audio.packets.length;
    pages.push(makePage(packets, isLast ? pageFlags.last : pageFlags.none, granule, serial, pages.length));
  }
  const whole = new Uint8Array(pages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const page of pages) {
    whole.set(page, at);
    at += page.length;
  }
  return whole;
};
