// needs: electron keyring
/** Where the key of the vault is kept: the system's keychain, or nowhere, and then a passphrase is asked for. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askEngine } from './kit/ask-engine.ts';
import { makeUserDir, makeUserSubdir, removeDir } from './kit/as-user.ts';
import { launchApp, type LaunchOptions } from './kit/launch-app.ts';

describe('the key of the vault', () => {
  let dir: string;
  let profileDir: string;
  let keyringDir: string;
  let sealedFile: string;

  beforeEach(async () => {
    dir = await makeUserDir('keychain');
    profileDir = await makeUserSubdir(dir, 'profile');
    keyringDir = await makeUserSubdir(dir, 'keyring');
    sealedFile = join(profileDir, 'vault-key.json');
  });
  afterEach(() => removeDir(dir));

  const protectionWith = async (options: LaunchOptions): Promise<string> => {
    const app = await launchApp({ profileDir, ...options });
    try {
      return (await askEngine(app.page, 'app.start', {})).protection;
    } finally {
      await app.close();
    }
  };

  it('is sealed by a keyring that is there, readable for its owner only, and found again', async () => {
    expect(await protectionWith({ hasKeyring: true, keyringDir })).toBe('keychain');
    expect((await stat(sealedFile)).mode & 0o777).toBe(0o600);
    const first = await readFile(sealedFile, 'utf8');
    expect(await protectionWith({ hasKeyring: true, keyringDir })).toBe('keychain');
    expect(await readFile(sealedFile, 'utf8')).toBe(first);
  });

  it('is not made without a keyring: a passphrase is needed', async () => {
    expect(await protectionWith({})).toBe('passphrase-unset');
    await expect(stat(sealedFile)).rejects.toThrow('ENOENT');
  });

  it('is left alone when another keyring cannot open it', async () => {
    await protectionWith({ hasKeyring: true, keyringDir });
    const sealed = await readFile(sealedFile, 'utf8');
    const otherKeyringDir = await makeUserSubdir(dir, 'other-keyring');
    expect(await protectionWith({ hasKeyring: true, keyringDir: otherKeyringDir })).not.toBe('keychain');
    expect(await readFile(sealedFile, 'utf8')).toBe(sealed);
    expect(await protectionWith({ hasKeyring: true, keyringDir })).toBe('keychain');
  });

  it('is not written over when its file is damaged', async () => {
    await protectionWith({ hasKeyring: true, keyringDir });
    await writeFile(sealedFile, '{"version":');
    expect(await protectionWith({ hasKeyring: true, keyringDir })).not.toBe('keychain');
    expect(await readFile(sealedFile, 'utf8')).toBe('{"version":');
  });
});
