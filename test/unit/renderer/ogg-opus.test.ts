import { describe, expect, it } from 'vitest';
import { toOggOpus } from '../../../renderer/features/composer/ogg-opus.ts';
import { thinOut } from '../../../renderer/features/composer/useVoice.ts';

/** An element of EBML; `size` null: as a live recording writes it, of unknown length. */
const element = (id: readonly number[], body: readonly number[], isOpen = false): number[] => [...id, ...(isOpen ? [0x01, 255, 255, 255, 255, 255, 255, 255] : [0x40 | (body.length >> 8), body.length & 255]), ...body];
const head = [...new TextEncoder().encode('OpusHead'), 1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0];
const block = (packet: readonly number[]): number[] => element([0xa3], [0x81, 0, 0, 0x80, ...packet]);
const webm = (packets: readonly (readonly number[])[]): Uint8Array =>
  new Uint8Array([
    ...element([0x1a, 0x45, 0xdf, 0xa3], [1, 2, 3]),
    ...element([0x18, 0x53, 0x80, 0x67], [...element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x63, 0xa2], head))), ...element([0x1f, 0x43, 0xb6, 0x75], packets.flatMap(block), true)], true),
  ]);

interface Page {
  readonly flags: number;
  readonly granule: number;
  readonly sequence: number;
  readonly packets: readonly (readonly number[])[];
}
const pagesOf = (ogg: Uint8Array): Page[] => {
  const pages: Page[] = [];
  const view = new DataView(ogg.buffer);
  for (let at = 0; at < ogg.length; ) {
    expect(new TextDecoder().decode(ogg.slice(at, at + 4))).toBe('OggS');
    const lacing = [...ogg.slice(at + 27, at + 27 + (ogg[at + 26] ?? 0))];
    let body = at + 27 + lacing.length;
    const packets: number[][] = [];
    let packet: number[] = [];
    for (const length of lacing) {
      packet.push(...ogg.slice(body, body + length));
      body += length;
      if (length === 255) continue;
      packets.push(packet);
      packet = [];
    }
    pages.push({ flags: ogg[at + 5] ?? 0, granule: Number(view.getBigUint64(at + 6, true)), sequence: view.getUint32(at + 18, true), packets });
    at = body;
  }
  return pages;
};

describe('a recording of a browser', () => {
  it('becomes Ogg with the same packets, their length in samples, and a last page', () => {
    // Config 11 (60 ms, one frame) and config 31 (20 ms, two frames), and one that is longer than a lacing value.
    const packets = [[0x58, 1, 2], [0xf9, 3], [0xf8, ...Array.from({ length: 300 }, (_, index) => index & 255)]];
    const ogg = toOggOpus(webm(packets));
    if (ogg === null) throw new Error('no Ogg');
    const [first, tags, sound] = pagesOf(ogg);
    expect(first).toMatchObject({ flags: 2, granule: 0, sequence: 0, packets: [head] });
    expect(new TextDecoder().decode(new Uint8Array(tags?.packets[0] ?? [])).startsWith('OpusTags')).toBe(true);
    expect(sound).toEqual({ flags: 4, granule: 2_880 + 1_920 + 960, sequence: 2, packets });
  });

  it('of many packets has pages in order', () => {
    const pages = pagesOf(toOggOpus(webm(Array.from({ length: 60 }, () => [0xf8, 7]))) ?? new Uint8Array());
    expect(pages.map(({ sequence, flags }) => [sequence, flags])).toEqual([[0, 2], [1, 0], [2, 0], [3, 0], [4, 4]]);
    expect(pages.at(-1)?.granule).toBe(60 * 960);
  });

  it.each([[[]], [[1, 2, 3]], [[0x1a, 0x45, 0xdf, 0xa3, 0xff, 0xff]], [Array.from({ length: 500 }, () => 0xff)], [Array.from({ length: 500 }, () => 0)]])('%#: what is none stays what it is', (bytes) => {
    expect(toOggOpus(new Uint8Array(bytes))).toBeNull();
  });
});

it('loudness is thinned out to what can be drawn, by the loudest of each stretch', () => {
  expect(thinOut([1, 9, 2, 3], 2)).toEqual([9, 3]);
  expect(thinOut([5], 2)).toEqual([5]);
});
