import { deserialize, serialize } from 'node:v8';

/**
 * Values as bytes: JSON where that loses nothing, else V8's own format. All that the crypto store writes is JSON, which
 * reads the same in every version of every runtime; the first byte tells which it is.
 */
const json = 0x4a;
const v8 = 0x56;

export function encodeValue(value: unknown): Buffer {
  if (isJson(value, 0)) return Buffer.concat([Buffer.of(json), Buffer.from(JSON.stringify(value), 'utf8')]);
  return Buffer.concat([Buffer.of(v8), serialize(value)]);
}

export function decodeValue(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer[0] === json) return JSON.parse(buffer.toString('utf8', 1)) as unknown;
  if (buffer[0] === v8) return deserialize(buffer.subarray(1)) as unknown;
  throw new Error('a stored value is of an unknown kind');
}

const deepest = 100;

/** Whether JSON gives the same value back: no holes, no -0, no lone surrogates turned, no classes, no `toJSON`. */
function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || depth > deepest) return false;
  if (Array.isArray(value)) {
    // Holes and properties of the array itself are not JSON.
    return Object.keys(value).length === value.length && value.every((one) => isJson(one, depth + 1));
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).every(([name, one]) => name !== '__proto__' && name !== 'toJSON' && name.isWellFormed() && isJson(one, depth + 1));
}
