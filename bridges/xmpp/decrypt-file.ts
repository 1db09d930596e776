import { createDecipheriv } from 'node:crypto';
import { BridgeError } from '#bridge';

/** AES-GCM puts its proof behind the last byte. */
export const tagBytes = 16;

/**
 * Opens AES-256-GCM as it streams by. The last bytes are the tag: until it was checked, everything that came before may
 * be forged, so whoever takes these bytes must not show them before the end.
 * @throws BridgeError `file-damaged` when key or bytes are not right
 */
export async function* openGcm(
  bytes: AsyncIterable<Buffer>,
  { keyHex, ivHex }: { readonly keyHex: string; readonly ivHex: string },
): AsyncGenerator<Buffer> {
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(keyHex, 'hex'), Buffer.from(ivHex, 'hex'));
  let held = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const all = Buffer.concat([held, chunk]);
    const ready = Math.max(all.length - tagBytes, 0);
    held = all.subarray(ready);
    if (ready > 0) yield decipher.update(all.subarray(0, ready));
  }
  if (held.length < tagBytes) throw damaged();
  decipher.setAuthTag(held);
  try {
    const rest = decipher.final();
    if (rest.length > 0) yield rest;
  } catch {
    throw damaged();
  }
}

const damaged = (): BridgeError => new BridgeError('file-damaged', { detail: 'the encrypted file could not be opened' });
