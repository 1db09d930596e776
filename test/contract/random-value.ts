/** A generator with a seed, so that a failure can be repeated (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const nastyTexts = [
  '',
  '../../../../etc/passwd',
  '..\\..\\boot.ini',
  "'; DROP TABLE messages; --",
  '" OR 1=1 --',
  '<img src=x onerror=alert(1)>',
  '__proto__',
  'constructor',
  'file:///etc/passwd',
  '\u0000',
  '\u202e',
  '\ud800',
  'NaN',
  'x'.repeat(10_000),
];
const nastyNumbers = [0, -0, -1, 1, 1.5, Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e308, 5e-324];
const keys = ['id', 'ids', 'text', 'limit', 'patch', 'filter', 'anchor', 'kind', 'values', '__proto__', 'constructor', 'toString', 'x'];

/** Anything that structured cloning carries, up to four levels deep. */
export const randomValue = (random: () => number, depth = 0): unknown => {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const isDeep = depth >= 4;
  switch (Math.floor(random() * (isDeep ? 8 : 13))) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return random() < 0.5;
    case 3:
      return pick(nastyNumbers);
    case 4:
      return pick(nastyTexts);
    case 5:
      return BigInt(Math.floor(random() * 1e6));
    case 6:
      return pick([new Date(Number.NaN), /x/g, new Uint8Array(8), new Error('x'), new ArrayBuffer(4)]);
    case 7:
      return Math.floor(random() * 1e6);
    case 8:
      return new Map([[randomValue(random, depth + 1), randomValue(random, depth + 1)]]);
    case 9:
      return Array.from({ length: Math.floor(random() * 6) }, () => randomValue(random, depth + 1));
    default:
      return randomObject(random, depth);
  }
};

const randomObject = (random: () => number, depth: number): object => {
  // JSON makes `__proto__` an own key, as a hostile page would.
  const names = Array.from({ length: Math.floor(random() * 5) }, () => keys[Math.floor(random() * keys.length)] as string);
  const object = JSON.parse(`{${[...new Set(names)].map((name) => `${JSON.stringify(name)}:null`).join(',')}}`) as object;
  for (const name of Object.keys(object)) {
    Object.defineProperty(object, name, { value: randomValue(random, depth + 1), enumerable: true, writable: true, configurable: true });
  }
  if (random() < 0.05) Object.defineProperty(object, 'self', { value: object, enumerable: true });
  return object;
};
