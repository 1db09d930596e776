import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { log } from '../log.ts';
import type { Keychain } from './keychain.ts';

const keyBytes = 32;
const fileName = 'vault-key.json';

/** What stands in the file: the key sealed by the keychain, and which keychain that was. */
interface SealedKey {
  readonly version: 1;
  readonly backend: string;
  readonly sealed: string;
}

/**
 * The key of the vault from the operating system's keychain, made on first use.
 *
 * A file that the present keychain cannot open is left alone: the keyring may be back tomorrow, and until then
 * the person's passphrase serves. Nothing here ever deletes a key.
 * @returns base64 of 32 bytes; null: no keychain, or not the one that sealed it
 */
export const openVaultKey = async (profileDir: string, keychain: Keychain): Promise<string | null> => {
  const path = join(profileDir, fileName);
  const backend = await keychain.backend().catch(() => null);
  if (backend === null) return null;
  try {
    const known = await readSealedKey(path);
    return known === null ? await createKey(path, backend, keychain) : await unsealKey(known, backend, keychain);
  } catch (error) {
    log('the keychain does not give the key of the vault; a passphrase is needed', error);
    return null;
  }
};

const createKey = async (path: string, backend: string, keychain: Keychain): Promise<string | null> => {
  const key = randomBytes(keyBytes).toString('base64');
  const sealed = await keychain.seal(key);
  // A keychain that seals and cannot open would lose everything at the next start.
  if ((await keychain.open(sealed)) !== key) return null;
  const content: SealedKey = { version: 1, backend, sealed: sealed.toString('base64') };
  await writeDurably(path, JSON.stringify(content));
  return key;
};

const unsealKey = async (known: SealedKey, backend: string, keychain: Keychain): Promise<string | null> => {
  if (known.backend !== backend) log(`the key of the vault was sealed with ${known.backend}; the keychain is now ${backend}`);
  const key = await keychain.open(Buffer.from(known.sealed, 'base64'));
  return Buffer.from(key, 'base64').length === keyBytes ? key : null;
};

/** @throws when there is a file and it cannot be understood; it is not to be written over then */
const readSealedKey = async (path: string): Promise<SealedKey | null> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const content: unknown = JSON.parse(text);
  if (!isSealedKey(content)) throw new Error('vault-key.json is not in a known form');
  return content;
};

const isSealedKey = (value: unknown): value is SealedKey =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  value.version === 1 &&
  'backend' in value &&
  typeof value.backend === 'string' &&
  'sealed' in value &&
  typeof value.sealed === 'string';

/** Either the whole file is there afterwards, on the disk, or none. */
const writeDurably = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
};
