import { Permanent } from '../errors.ts';

/**
 * Reads an answer, but never more than `maxBytes`: a hostile server must not fill our memory.
 * @throws Permanent `server-incompatible` when the answer is longer
 */
export async function readLimited(response: Response, maxBytes: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body as ReadableStream<Uint8Array>) {
    length += part.byteLength;
    if (length > maxBytes) throw new Permanent('server-incompatible', { detail: `answer of more than ${maxBytes} bytes` });
    parts.push(part);
  }
  return Buffer.concat(parts);
}
