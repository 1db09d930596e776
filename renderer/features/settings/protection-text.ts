import type { Protection } from '../../rpc/index.ts';

/** The sentence that tells a person how secrets are kept. */
export const protectionText = (protection: Protection, t: (key: string) => string): string => {
  if (protection === 'keychain') return t('vault.keychain');
  if (protection === 'passphrase-open') return t('vault.open');
  return protection === 'passphrase-locked' ? t('vault.locked') : t('vault.passphrase');
};
