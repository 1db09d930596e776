import { safeStorage } from 'electron';

/** The operating system's keychain, as far as the vault needs it. */
export interface Keychain {
  /** `gnome_libsecret`, `kwallet6`, `keychain`, `dpapi` …; null: there is none worth the name. */
  backend(): Promise<string | null>;
  seal(text: string): Promise<Buffer>;
  /** @throws when the keychain does not know what was sealed (another user, another keyring) */
  open(sealed: Buffer): Promise<string>;
}

/** With `basic_text` everything is "sealed" under a password that stands in Chromium's source. */
const worthless: ReadonlySet<string> = new Set(['basic_text', 'unknown']);

/** Electron before 42 has only the synchronous calls; later it marks them as deprecated. */
const hasAsync = (): boolean => typeof safeStorage.isAsyncEncryptionAvailable === 'function';

/** An Electron too old to name it says "available" only for a real keyring. */
const linuxBackend = (): string =>
  typeof safeStorage.getSelectedStorageBackend === 'function' ? safeStorage.getSelectedStorageBackend() : 'keyring';

export const systemKeychain: Keychain = {
  async backend() {
    const isAvailable = hasAsync() ? await safeStorage.isAsyncEncryptionAvailable() : safeStorage.isEncryptionAvailable();
    if (!isAvailable) return null;
    if (process.platform === 'darwin') return 'keychain';
    if (process.platform === 'win32') return 'dpapi';
    const backend = linuxBackend();
    return worthless.has(backend) ? null : backend;
  },
  async seal(text) {
    return hasAsync() ? await safeStorage.encryptStringAsync(text) : safeStorage.encryptString(text);
  },
  async open(sealed) {
    if (!hasAsync()) return safeStorage.decryptString(sealed);
    return (await safeStorage.decryptStringAsync(sealed)).result;
  },
};
