import { afterEach, describe, expect, it, vi } from 'vitest';

const safeStorage: Record<string, unknown> = {};
vi.mock('electron', () => ({ safeStorage }));
const { systemKeychain } = await import('../../../electron/main/secrets/keychain.ts');

const use = (calls: Record<string, unknown>): void => void Object.assign(safeStorage, calls);

describe('systemKeychain', () => {
  afterEach(() => {
    for (const name of Object.keys(safeStorage)) delete safeStorage[name];
  });

  it.each(['basic_text', 'unknown'])('counts %s as no keychain: anybody can open what it seals', async (backend) => {
    use({ isEncryptionAvailable: () => true, getSelectedStorageBackend: () => backend });
    expect(await systemKeychain.backend()).toBeNull();
  });

  it('names a real one', async () => {
    use({ isEncryptionAvailable: () => true, getSelectedStorageBackend: () => 'kwallet6' });
    expect(await systemKeychain.backend()).toBe('kwallet6');
    use({ isEncryptionAvailable: () => false });
    expect(await systemKeychain.backend()).toBeNull();
  });

  it('prefers the asynchronous calls where there are any', async () => {
    use({
      isAsyncEncryptionAvailable: () => Promise.resolve(true),
      getSelectedStorageBackend: () => 'gnome_libsecret',
      encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(`async ${text}`)),
      decryptStringAsync: (sealed: Buffer) => Promise.resolve({ result: sealed.toString(), shouldReEncrypt: false }),
    });
    expect(await systemKeychain.backend()).toBe('gnome_libsecret');
    const sealed = await systemKeychain.seal('x');
    expect(await systemKeychain.open(sealed)).toBe('async x');
  });
});
