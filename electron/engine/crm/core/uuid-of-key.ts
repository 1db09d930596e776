import { createHash } from 'node:crypto';

/** Ours for these names; a random UUID once drawn (RFC 9562, section 5.5 wants one for each kind of name). */
const namespace = Buffer.from('7b0e4d1c9a5f4c2e8d6631f0a2c49e57', 'hex');

/**
 * A key of ours as a UUID of version 5 (RFC 9562), for products that take ids from their clients: the same on every device.
 * @param turn 1, 2 … when the id of an earlier turn is spent (its record was deleted, and the product keeps the id)
 */
export function uuidOfKey(key: string, turn = 0): string {
  const bytes = createHash('sha1').update(namespace).update(turn === 0 ? key : `${key}/${turn}`).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
