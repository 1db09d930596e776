import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keychain } from '../../../electron/main/secrets/keychain.ts';
import { openVaultKey } from '../../../electron/main/secrets/vault-key.ts';



/** Seals by a word that it has to know again; enough to tell one keyring from another. */
const keychain = (word: string, backend: string | null = 'gnome_libsecret'): Keychain => ({
  backend: () => Promise.resolve(backend),
  seal: (text) => Promise.resolve(Buffer.from(`${word}|${Buffer.from(text).toString('hex')}`)),
  open: (sealed) => {
    const [found, hex = ''] = sealed.toString().split('|');
    return found === word ? Promise.resolve(Buffer.from(hex, 'hex').toString()) : Promise.reject(new Error('another keyring'));
  },
});

describe('openVaultKey', () => {
  let dir: string;
  let path: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'palomar-vault-'));
    path = join(dir, 'vault-key.json');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('makes 32 random bytes once, sealed and for the owner only, and records the backend', async () => {
    const key = await openVaultKey(dir, keychain('a'));
    expect(Buffer.from(key ?? '', 'base64')).toHaveLength(32);
    expect(await openVaultKey(dir, keychain('a'))).toBe(key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const file = await readFile(path, 'utf8');
    expect(JSON.parse(file)).toMatchObject({ version: 1, backend: 'gnome_libsecret' });
    expect(file).not.toContain(key);
  });

  it('makes no two alike', async () => {
    const first = await openVaultKey(dir, keychain('a'));
    await rm(path);
    expect(await openVaultKey(dir, keychain('a'))).not.toBe(first);
  });

  it('writes nothing without a keychain', async () => {
    expect(await openVaultKey(dir, keychain('a', null))).toBeNull();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('never touches a file that it cannot open', async () => {
    const key = await openVaultKey(dir, keychain('a'));
    const sealed = await readFile(path, 'utf8');
    expect(await openVaultKey(dir, keychain('b'))).toBeNull();
    expect(await openVaultKey(dir, keychain('a', null))).toBeNull();
    expect(await readFile(path, 'utf8')).toBe(sealed);
    expect(await openVaultKey(dir, keychain('a', 'kwallet6'))).toBe(key);
  });

  it.each(['', '{', '[]', 'null', '{"version":2}', '{"version":1,"backend":"x"}'])('never writes over what it does not understand: %j', async (text) => {
    await writeFile(path, text);
    expect(await openVaultKey(dir, keychain('a'))).toBeNull();
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('does not trust a keychain that cannot open what it sealed', async () => {
    const broken: Keychain = { ...keychain('a'), open: () => Promise.resolve('something else') };
    expect(await openVaultKey(dir, broken)).toBeNull();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('survives a keychain that throws', async () => {
    expect(await openVaultKey(dir, { ...keychain('a'), backend: () => Promise.reject(new Error('no bus')) })).toBeNull();
  });
});
