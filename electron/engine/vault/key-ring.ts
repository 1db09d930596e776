import { randomBytes } from 'node:crypto';
import { canDerive, deriveKey, type KeyDerivation } from './passphrase-key.ts';
import { keyBytes, seal, unseal } from './seal.ts';
import type { MasterKeyEntry, Wrap } from './vault-file.ts';

/** A wrapped key opens only as the key it was wrapped as. */
const wrapContext = (keyId: string): string => `palomar vault key ${keyId}`;

export interface MasterKey {
  readonly id: string;
  readonly bytes: Buffer;
}

export const newMasterKey = (): MasterKey => ({ id: randomBytes(8).toString('hex'), bytes: randomBytes(keyBytes) });

export const wrapForHost = (key: MasterKey, hostKey: Uint8Array): Wrap => ({
  kind: 'host',
  sealed: seal(hostKey, key.bytes, wrapContext(key.id)).toString('base64'),
});

/** One wrap for each of these ways to derive a key. */
export const wrapForPassphrase = (key: MasterKey, passphrase: string, derivations: readonly KeyDerivation[]): Promise<Wrap[]> =>
  Promise.all(
    derivations.map(async (derivation): Promise<Wrap> => {
      const wrapping = await deriveKey(passphrase, derivation);
      return { kind: 'passphrase', derivation, sealed: seal(wrapping, key.bytes, wrapContext(key.id)).toString('base64') };
    }),
  );

const opened = (entry: MasterKeyEntry, wrap: Wrap, wrapping: Uint8Array): MasterKey | null => {
  const bytes = unseal(wrapping, Buffer.from(wrap.sealed, 'base64'), wrapContext(entry.id));
  return bytes === null ? null : { id: entry.id, bytes };
};

export const openWithHost = (entry: MasterKeyEntry, hostKey: Uint8Array): MasterKey | null => {
  for (const wrap of entry.wraps) {
    const key = wrap.kind === 'host' ? opened(entry, wrap, hostKey) : null;
    if (key !== null) return key;
  }
  return null;
};

export const openWithPassphrase = async (entry: MasterKeyEntry, passphrase: string): Promise<MasterKey | null> => {
  const wrap = entry.wraps.find((one) => one.kind === 'passphrase' && canDerive(one.derivation));
  if (wrap?.kind !== 'passphrase') return null;
  return opened(entry, wrap, await deriveKey(passphrase, wrap.derivation));
};

export const hasPassphrase = (entry: MasterKeyEntry): boolean => entry.wraps.some((wrap) => wrap.kind === 'passphrase');
