/**
 * Files of encrypted rooms: AES-256-CTR with a key of their own, and a hash over the ciphertext.
 * @see https://spec.matrix.org/v1.16/client-server-api/#sending-encrypted-attachments
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BridgeError } from '#bridge';
import { asRecord, asString, type JsonRecord } from '../event-shape.ts';
import { parseMediaAddress } from '../ids.ts';

/** What opens one file. */
export interface FileKey {
  /** Base64url, 32 bytes. */
  readonly key: string;
  /** Base64, 16 bytes. */
  readonly iv: string;
  /** Base64, SHA-256 of the ciphertext. */
  readonly sha256: string;
}

const algorithm = 'aes-256-ctr';
const prefix = 'e2e:';

/** The `source` of an attachment: where it lies, and what opens it. */
export const encryptedSource = (mxc: string, { key, iv, sha256 }: FileKey): string => `${prefix}${JSON.stringify([mxc, key, iv, sha256])}`;

/** Address and key of a `source`; `key` null for a file in clear; null when it is neither. */
export function readSource(source: string): { readonly mxc: string; readonly key: FileKey | null } | null {
  if (!source.startsWith(prefix)) return parseMediaAddress(source) === null ? null : { mxc: source, key: null };
  const parts = parseList(source.slice(prefix.length));
  const [mxc, key, iv, sha256] = parts;
  if (mxc === undefined || key === undefined || iv === undefined || sha256 === undefined || parseMediaAddress(mxc) === null) return null;
  return { mxc, key: { key, iv, sha256 } };
}

const parseList = (text: string): readonly (string | undefined)[] => {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(asString) : [];
  } catch {
    return [];
  }
};

/** The `file` of a message's content, as a `source`; null when it is none or of a kind we do not know. */
export function readEncryptedFile(value: unknown): string | null {
  const file = asRecord(value);
  const jwk = asRecord(file['key']);
  const [mxc, key, iv] = [asString(file['url']), asString(jwk['k']), asString(file['iv'])];
  const sha256 = asString(asRecord(file['hashes'])['sha256']);
  if (mxc === undefined || key === undefined || iv === undefined || sha256 === undefined) return null;
  const isKnown = file['v'] === 'v2' && jwk['kty'] === 'oct' && jwk['alg'] === 'A256CTR' && parseMediaAddress(mxc) !== null;
  const hasSizes = sizeOf(key, 'base64url') === 32 && sizeOf(iv, 'base64') === 16 && sizeOf(sha256, 'base64') === 32;
  return isKnown && hasSizes ? encryptedSource(mxc, { key, iv, sha256 }) : null;
}

const sizeOf = (text: string, encoding: 'base64' | 'base64url'): number => Buffer.from(text, encoding).length;

/** The `file` for the content of a message of ours. */
export const encryptedFileContent = (mxc: string, { key, iv, sha256 }: FileKey): JsonRecord => ({
  v: 'v2',
  url: mxc,
  key: { kty: 'oct', key_ops: ['encrypt', 'decrypt'], alg: 'A256CTR', k: key, ext: true },
  iv,
  hashes: { sha256 },
});

/** Encrypts `from` into the fresh file `to`, which only its owner can read. */
export async function encryptFile(from: string, to: string, signal: AbortSignal): Promise<FileKey> {
  const key = randomBytes(32);
  // The counter half stays zero, so that it cannot overflow into the random half.
  const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
  const hash = createHash('sha256');
  const cipher = createCipheriv(algorithm, key, iv);
  await pipeline(createReadStream(from), cipher, tap(hash), createWriteStream(to, { flags: 'wx', mode: 0o600 }), { signal });
  return { key: key.toString('base64url'), iv: unpadded(iv), sha256: unpadded(hash.digest()) };
}

/**
 * Decrypts the downloaded file `path` in place. Nothing of a damaged one stays: the hash is checked before the clear
 * text takes the place of the ciphertext.
 * @throws BridgeError `rejected` when it is not what the sender hashed
 */
export async function decryptFile(path: string, { key, iv, sha256 }: FileKey, signal: AbortSignal): Promise<void> {
  const clear = `${path}.clear`;
  const hash = createHash('sha256');
  const decipher = createDecipheriv(algorithm, Buffer.from(key, 'base64url'), Buffer.from(iv, 'base64'));
  try {
    await pipeline(createReadStream(path), tap(hash), decipher, createWriteStream(clear, { flags: 'w', mode: 0o600 }), { signal });
    const expected = Buffer.from(sha256, 'base64');
    const found = hash.digest();
    if (expected.length !== found.length || !timingSafeEqual(expected, found)) {
      throw new BridgeError('rejected', { detail: 'the file is damaged or was exchanged' });
    }
    await rename(clear, path);
  } catch (error) {
    await rm(clear, { force: true });
    await rm(path, { force: true });
    throw signal.aborted ? new BridgeError('cancelled') : error;
  }
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/u, '');

const tap = (hash: { update(chunk: Buffer): unknown }): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
