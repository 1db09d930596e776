import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decryptFile, encryptedFileContent, encryptFile, readEncryptedFile, readSource, type FileKey } from '../../../bridges/matrix/crypto/encrypted-file.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const never = new AbortController().signal;
const mxc = 'mxc://example.org/abc';

const encrypted = async (data: Buffer): Promise<{ readonly folder: string; readonly sealed: string; readonly key: FileKey }> => {
  const folder = tempFolder('sealed');
  const sealed = join(folder, 'sealed');
  const plain = join(tempFolder('plain'), 'plain');
  writeFileSync(plain, data);
  return { folder, sealed, key: await encryptFile(plain, sealed, never) };
};

describe('a file of an encrypted room', () => {
  it('of 20 MB goes there and back, closed to others on the machine', async () => {
    const data = randomBytes(20_000_000);
    const { folder, sealed, key } = await encrypted(data);
    expect(readFileSync(sealed).equals(data)).toBe(false);
    expect(statSync(sealed).mode & 0o077).toBe(0);
    await decryptFile(sealed, key, never);
    expect(readFileSync(sealed).equals(data)).toBe(true);
    expect(statSync(sealed).mode & 0o077).toBe(0);
    expect(readdirSync(folder)).toEqual(['sealed']);
  });

  it.each(['a changed byte', 'a missing end', 'a hash that is too short'])('with %s is refused, and nothing of it stays', async (damage) => {
    const { folder, sealed, key } = await encrypted(randomBytes(100_000));
    const bytes = readFileSync(sealed);
    if (damage === 'a changed byte') bytes[50_000] = (bytes[50_000] ?? 0) ^ 1;
    writeFileSync(sealed, damage === 'a missing end' ? bytes.subarray(0, -1) : bytes);
    const sha256 = damage.startsWith('a hash') ? 'AAAA' : key.sha256;
    await expect(decryptFile(sealed, { ...key, sha256 }, never)).rejects.toMatchObject({ fault: { code: 'rejected' } });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that nobody waits for any more leaves nothing', async () => {
    const { folder, sealed, key } = await encrypted(randomBytes(100_000));
    const control = new AbortController();
    control.abort();
    await expect(decryptFile(sealed, key, control.signal)).rejects.toMatchObject({ fault: { code: 'cancelled' } });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is never encrypted twice with the same key', async () => {
    const [one, other] = [await encrypted(Buffer.from('same')), await encrypted(Buffer.from('same'))];
    expect(one.key.key).not.toBe(other.key.key);
    expect(readFileSync(one.sealed).equals(readFileSync(other.sealed))).toBe(false);
  });
});

describe('what a message says of its file', () => {
  const key: FileKey = { key: Buffer.alloc(32, 1).toString('base64url'), iv: Buffer.alloc(16, 2).toString('base64'), sha256: Buffer.alloc(32, 3).toString('base64') };
  const content = encryptedFileContent(mxc, key);

  it('comes back as it was sent', () => {
    expect(readSource(readEncryptedFile(content) ?? '')).toEqual({ mxc, key });
  });

  it.each([
    ['nothing', null],
    ['another version', { ...content, v: 'v1' }],
    ['another cipher', { ...content, key: { kty: 'oct', alg: 'A128GCM', k: key.key } }],
    ['a short key', { ...content, key: { kty: 'oct', alg: 'A256CTR', k: 'AAAA' } }],
    ['a short counter', { ...content, iv: 'AAAA' }],
    ['no hash', { ...content, hashes: {} }],
    ['a hash of another kind', { ...content, hashes: { md5: key.sha256 } }],
    ['an address that leaves the media path', { ...content, url: 'mxc://example.org/../../x' }],
  ])('is no file with %s', (_, value) => {
    expect(readEncryptedFile(value)).toBeNull();
  });
});
