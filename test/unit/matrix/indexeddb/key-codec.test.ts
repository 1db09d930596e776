import { describe, expect, it } from 'vitest';
import { decodeKey, encodeKey, type Key } from '../../../../bridges/matrix/indexeddb/key-codec.ts';
import { loadMachinery } from '../../../../bridges/matrix/indexeddb/machinery.ts';
import { seeded } from '../../../contract/random-value.ts';

const texts = ['', 'a', 'aa', 'b', '~', '\u007f', '\u0000', 'ñ', 'õ', '漢', '\ud800', '\udfff', '\uffff', '😀', 'a\u0000b', '\u407e', '\u407f'];
const numbers = [0, -0, 1, -1, 0.5, -0.5, 1e308, -1e308, 5e-324, -5e-324, Infinity, -Infinity, 2 ** 53, 255, 256];

const randomKey = (random: () => number, depth = 0): Key => {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  switch (Math.floor(random() * (depth > 2 ? 4 : 5))) {
    case 0:
      return random() < 0.5 ? pick(numbers) : (random() - 0.5) * 10 ** (random() * 20 - 10);
    case 1:
      return new Date(Math.floor((random() - 0.5) * 8e15));
    case 2:
      return random() < 0.5 ? pick(texts) : Array.from({ length: Math.floor(random() * 4) }, () => pick(texts)).join('');
    case 3:
      return Uint8Array.from({ length: Math.floor(random() * 5) }, () => Math.floor(random() * 256)).buffer;
    default:
      return Array.from({ length: Math.floor(random() * 4) }, () => randomKey(random, depth + 1));
  }
};

describe('keys as bytes', () => {
  it('sort as the specification sorts keys: 100,000 random pairs', async () => {
    const { cmpKeys } = await loadMachinery();
    const random = seeded(4711);
    for (let round = 0; round < 100_000; round += 1) {
      const [first, second] = [randomKey(random), randomKey(random)];
      const ofBytes = Math.sign(Buffer.compare(encodeKey(first), encodeKey(second)));
      if (ofBytes !== Math.sign(cmpKeys(first, second))) expect([first, second]).toBe('in the same order both ways');
    }
  });

  it('come back as they were', () => {
    const random = seeded(815);
    for (let round = 0; round < 20_000; round += 1) {
      const key = randomKey(random);
      // Keys know no -0.
      expect(decodeKey(encodeKey(key))).toEqual(Object.is(key, -0) ? 0 : normal(key));
    }
    expect(decodeKey(encodeKey(texts.join('').repeat(5_000)))).toBe(texts.join('').repeat(5_000));
  });

  it('that are damaged are told, not guessed', () => {
    expect(() => decodeKey(encodeKey('abc').subarray(0, 3))).toThrow('cut off');
    expect(() => decodeKey(Buffer.of(0x99))).toThrow('unknown kind');
  });
});

const normal = (key: Key): unknown => (Array.isArray(key) ? key.map((one: Key) => normal(one)) : Object.is(key, -0) ? 0 : key);
