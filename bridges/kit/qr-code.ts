/**
 * QR codes (ISO/IEC 18004), byte mode, error correction level L: as dense as they come, for screens are clean.
 * Left out: other modes, levels and versions above 20 (858 bytes), which no phone is asked to read here.
 */

/** Total codewords, correction codewords a block, blocks; by version from 1. Level L. */
const versions: readonly (readonly [total: number, correction: number, blocks: number])[] = [
  [26, 7, 1], [44, 10, 1], [70, 15, 1], [100, 20, 1], [134, 26, 1], [172, 18, 2], [196, 20, 2], [242, 24, 2], [292, 30, 2], [346, 18, 4],
  [404, 20, 4], [466, 24, 4], [532, 26, 4], [581, 30, 4], [655, 22, 6], [733, 24, 6], [815, 28, 6], [901, 30, 6], [991, 28, 7], [1085, 28, 8],
];

const exponents = new Uint8Array(255);
const logarithms = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power += 1) {
  exponents[power] = value;
  logarithms[value] = power;
  value = (value << 1) ^ (value >= 128 ? 0x11d : 0);
}
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : (exponents[((logarithms[a] ?? 0) + (logarithms[b] ?? 0)) % 255] ?? 0));

/** The generator polynomial of a degree, without its leading one. */
const generator = (degree: number): Uint8Array => {
  const result = new Uint8Array(degree);
  result[degree - 1] = 1;
  for (let power = 0, root = 1; power < degree; power += 1) {
    for (let index = 0; index < degree; index += 1) {
      result[index] = times(result[index] ?? 0, root) ^ (result[index + 1] ?? 0);
    }
    root = times(root, 2);
  }
  return result;
};

const remainder = (data: readonly number[], divisor: Uint8Array): number[] => {
  const rest = new Array<number>(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0);
    rest.push(0);
    divisor.forEach((one, index) => (rest[index] = (rest[index] ?? 0) ^ times(one, factor)));
  }
  return rest;
};

const toCodewords = (bytes: Uint8Array, version: number, capacity: number): number[] => {
  const bits: number[] = [];
  const push = (value: number, length: number): void => {
    for (let index = length - 1; index >= 0; index -= 1) bits.push((value >>> index) & 1);
  };
  push(4, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, capacity * 8 - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  const words: number[] = [];
  for (let index = 0; index < bits.length; index += 8) words.push(bits.slice(index, index + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  for (let pad = 0xec; words.length < capacity; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
};

/** Splits into blocks, adds their correction and takes one of each in turn. */
const interleave = (data: readonly number[], [total, correction, blockCount]: readonly [number, number, number]): number[] => {
  const shortBlocks = blockCount - (total % blockCount);
  const shortLength = Math.floor(total / blockCount) - correction;
  const divisor = generator(correction);
  const blocks: { readonly data: readonly number[]; readonly correction: readonly number[] }[] = [];
  for (let index = 0, start = 0; index < blockCount; index += 1) {
    const length = shortLength + (index < shortBlocks ? 0 : 1);
    const part = data.slice(start, start + length);
    start += length;
    blocks.push({ data: part, correction: remainder(part, divisor) });
  }
  const result: number[] = [];
  for (const part of ['data', 'correction'] as const) {
    for (let index = 0; index <= shortLength + correction; index += 1) {
      for (const block of blocks) {
        const word = block[part][index];
        if (word !== undefined) result.push(word);
      }
    }
  }
  return result;
};

class Grid {
  readonly size: number;
  readonly #dark: Uint8Array;
  readonly #fixed: Uint8Array;

  constructor(size: number) {
    this.size = size;
    this.#dark = new Uint8Array(size * size);
    this.#fixed = new Uint8Array(size * size);
  }

  isDark = (x: number, y: number): boolean => this.#dark[y * this.size + x] === 1;
  isFixed = (x: number, y: number): boolean => this.#fixed[y * this.size + x] === 1;

  set(x: number, y: number, isDark: boolean, isFixed = false): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.#dark[y * this.size + x] = isDark ? 1 : 0;
    if (isFixed) this.#fixed[y * this.size + x] = 1;
  }
}

const alignmentAt = (version: number, size: number): readonly number[] => {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const places = Array.from({ length: count - 1 }, (_, index) => size - 7 - index * step);
  return [6, ...places.toReversed()];
};

const drawRings = (grid: Grid, centerX: number, centerY: number, radius: number): void => {
  for (let y = -radius; y <= radius; y += 1) {
    for (let x = -radius; x <= radius; x += 1) {
      const ring = Math.max(Math.abs(x), Math.abs(y));
      grid.set(centerX + x, centerY + y, radius === 4 ? ring !== 2 && ring !== 4 : ring !== 1, true);
    }
  }
};

const bch = (value: number, divisor: number, length: number): number => {
  let rest = value;
  for (let index = 0; index < length; index += 1) rest = (rest << 1) ^ ((rest >>> (length - 1)) * divisor);
  return (value << length) | rest;
};

const drawFormat = (grid: Grid, mask: number): void => {
  // Level L is 01.
  const bits = bch((1 << 3) | mask, 0x537, 10) ^ 0x5412;
  const isOn = (index: number): boolean => ((bits >>> index) & 1) === 1;
  const { size } = grid;
  for (let index = 0; index < 15; index += 1) {
    const along = index < 6 ? index : index < 8 ? index + 1 : 14 - index;
    if (index < 8) grid.set(8, along, isOn(index), true);
    else grid.set(index === 8 ? 7 : along, 8, isOn(index), true);
    if (index < 8) grid.set(size - 1 - index, 8, isOn(index), true);
    else grid.set(8, size - 15 + index, isOn(index), true);
  }
  grid.set(8, size - 8, true, true);
};

const drawFixed = (grid: Grid, version: number): void => {
  const { size } = grid;
  for (let index = 0; index < size; index += 1) {
    grid.set(6, index, index % 2 === 0, true);
    grid.set(index, 6, index % 2 === 0, true);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) drawRings(grid, x, y, 4);
  const places = alignmentAt(version, size);
  const last = places.length - 1;
  places.forEach((x, column) =>
    places.forEach((y, row) => {
      const isCorner = (column === 0 && row === 0) || (column === 0 && row === last) || (column === last && row === 0);
      if (!isCorner) drawRings(grid, x, y, 2);
    }),
  );
  drawFormat(grid, 0);
  if (version < 7) return;
  const bits = bch(version, 0x1f25, 12);
  for (let index = 0; index < 18; index += 1) {
    const isOn = ((bits >>> index) & 1) === 1;
    const [near, far] = [Math.floor(index / 3), size - 11 + (index % 3)];
    grid.set(near, far, isOn, true);
    grid.set(far, near, isOn, true);
  }
};

const drawData = (grid: Grid, words: readonly number[]): void => {
  const { size } = grid;
  let index = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const isUpward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = isUpward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid.isFixed(x, y) || index >= words.length * 8) continue;
        grid.set(x, y, (((words[index >>> 3] ?? 0) >>> (7 - (index & 7))) & 1) === 1);
        index += 1;
      }
    }
  }
};

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

const applyMask = (grid: Grid, mask: number): void => {
  const isFlipped = masks[mask];
  for (let y = 0; y < grid.size; y += 1) {
    for (let x = 0; x < grid.size; x += 1) {
      if (!grid.isFixed(x, y) && isFlipped?.(x, y) === true) grid.set(x, y, !grid.isDark(x, y));
    }
  }
};

/** Runs and squares of one colour, what looks like a finder, and imbalance make a code hard to read. */
const penalty = ({ size, isDark }: Grid): number => {
  let points = 0;
  let darkCount = 0;
  for (let y = 0; y < size; y += 1) {
    let row = '';
    let column = '';
    for (let x = 0; x < size; x += 1) {
      row += isDark(x, y) ? '1' : '0';
      column += isDark(y, x) ? '1' : '0';
      if (isDark(x, y)) darkCount += 1;
      const isSquare = x > 0 && y > 0 && new Set([isDark(x, y), isDark(x - 1, y), isDark(x, y - 1), isDark(x - 1, y - 1)]).size === 1;
      if (isSquare) points += 3;
    }
    for (const line of [row, column]) {
      for (const [run] of line.matchAll(/0{5,}|1{5,}/gu)) points += run.length - 2;
      points += 40 * [...line.matchAll(/(?=00001011101|10111010000)/gu)].length;
    }
  }
  return points + Math.floor(Math.abs((darkCount * 20) / (size * size) - 10)) * 10;
};

export interface QrCode {
  /** Modules a side, without the quiet zone. */
  readonly size: number;
  isDark(x: number, y: number): boolean;
}

/** @throws RangeError when the text is too long for a code that a phone reads from a screen. */
export const encodeQr = (text: string, wantedMask?: number): QrCode => {
  const bytes = new TextEncoder().encode(text);
  const index = versions.findIndex(([total, correction, blocks], at) => {
    const headBits = 4 + (at + 1 < 10 ? 8 : 16);
    return (total - correction * blocks) * 8 >= bytes.length * 8 + headBits;
  });
  const shape = versions[index];
  if (shape === undefined) throw new RangeError('too long for a QR code');
  const version = index + 1;
  const words = interleave(toCodewords(bytes, version, shape[0] - shape[1] * shape[2]), shape);
  const drawn = (wantedMask === undefined ? [...masks.keys()] : [wantedMask]).map((mask) => {
    const grid = new Grid(17 + version * 4);
    drawFixed(grid, version);
    drawData(grid, words);
    applyMask(grid, mask);
    drawFormat(grid, mask);
    return grid;
  });
  return drawn.reduce((best, grid) => (penalty(grid) < penalty(best) ? grid : best));
};
