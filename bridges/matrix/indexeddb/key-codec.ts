/**
 * Keys of IndexedDB as bytes that SQLite sorts as the specification does: number < date < string < binary < array,
 * strings by UTF-16 unit (https://www.w3.org/TR/IndexedDB/#compare-two-keys).
 */

export type Key = number | Date | string | ArrayBuffer | ArrayBufferView | readonly Key[];

const tag = { end: 0x00, number: 0x10, date: 0x20, string: 0x30, binary: 0x40, array: 0x50 } as const;

/** One byte up to 0x7e, two up to 0x407e, else three; 0 never occurs inside, so it can end the text. */
const oneByteMost = 0x7e;
const twoBytesMost = 0x407e;

export function encodeKey(key: Key): Buffer {
  const bytes: number[] = [];
  append(bytes, key);
  return Buffer.from(bytes);
}

export function decodeKey(bytes: Uint8Array): Key {
  return read({ bytes, at: 0 });
}

function append(bytes: number[], key: Key): void {
  if (typeof key === 'number') {
    bytes.push(tag.number);
    appendNumber(bytes, key);
  } else if (key instanceof Date) {
    bytes.push(tag.date);
    appendNumber(bytes, key.getTime());
  } else if (typeof key === 'string') {
    bytes.push(tag.string);
    for (let index = 0; index < key.length; index += 1) appendUnit(bytes, key.charCodeAt(index));
    bytes.push(tag.end);
  } else if (key instanceof ArrayBuffer || ArrayBuffer.isView(key)) {
    bytes.push(tag.binary);
    for (const unit of bytesOf(key)) appendUnit(bytes, unit);
    bytes.push(tag.end);
  } else {
    bytes.push(tag.array);
    for (const part of key) append(bytes, part);
    bytes.push(tag.end);
  }
}

const bytesOf = (key: ArrayBuffer | ArrayBufferView): Uint8Array =>
  key instanceof ArrayBuffer ? new Uint8Array(key) : new Uint8Array(key.buffer, key.byteOffset, key.byteLength);

/** IEEE 754 with the sign turned over (all bits of a negative one), big-endian: bytes then sort like numbers. */
function appendNumber(bytes: number[], value: number): void {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value);
  const isNegative = view.getUint8(0) >= 0x80;
  for (let index = 0; index < 8; index += 1) {
    const byte = view.getUint8(index);
    bytes.push(isNegative ? byte ^ 0xff : index === 0 ? byte | 0x80 : byte);
  }
}

function appendUnit(bytes: number[], unit: number): void {
  if (unit <= oneByteMost) {
    bytes.push(unit + 1);
  } else if (unit <= twoBytesMost) {
    const rest = unit - oneByteMost - 1;
    bytes.push(0x80 | (rest >> 8), rest & 0xff);
  } else {
    bytes.push(0xc0 | (unit >> 10), (unit >> 2) & 0xff, (unit << 6) & 0xff);
  }
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

const next = (reader: Reader): number => {
  const byte = reader.bytes[reader.at];
  if (byte === undefined) throw new Error('a stored key is cut off');
  reader.at += 1;
  return byte;
};

function read(reader: Reader): Key {
  const kind = next(reader);
  if (kind === tag.number) return readNumber(reader);
  if (kind === tag.date) return new Date(readNumber(reader));
  if (kind === tag.string) return textOf(readUnits(reader));
  if (kind === tag.binary) return new Uint8Array(readUnits(reader)).buffer;
  if (kind !== tag.array) throw new Error('a stored key is of an unknown kind');
  const parts: Key[] = [];
  while (reader.bytes[reader.at] !== tag.end) parts.push(read(reader));
  reader.at += 1;
  return parts;
}

function readNumber(reader: Reader): number {
  const view = new DataView(new ArrayBuffer(8));
  const first = next(reader);
  const isNegative = first < 0x80;
  view.setUint8(0, isNegative ? first ^ 0xff : first & 0x7f);
  for (let index = 1; index < 8; index += 1) view.setUint8(index, isNegative ? next(reader) ^ 0xff : next(reader));
  return view.getFloat64(0);
}

function readUnits(reader: Reader): number[] {
  const units: number[] = [];
  for (;;) {
    const first = next(reader);
    if (first === tag.end) return units;
    if (first < 0x80) units.push(first - 1);
    else if (first < 0xc0) units.push((((first & 0x3f) << 8) | next(reader)) + oneByteMost + 1);
    else units.push(((first & 0x3f) << 10) | (next(reader) << 2) | (next(reader) >> 6));
  }
}

/** In pieces: a call with a hundred thousand arguments would overflow the stack. */
function textOf(units: readonly number[]): string {
  let text = '';
  for (let at = 0; at < units.length; at += 8_192) text += String.fromCharCode(...units.slice(at, at + 8_192));
  return text;
}
