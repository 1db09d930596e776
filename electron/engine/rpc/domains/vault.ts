import type { Vault } from '../../vault/vault.ts';
import type { DomainHandlers } from '../handlers.ts';

export const createVaultHandlers = (vault: Vault): DomainHandlers<'vault'> => ({
  'vault.create': async ({ passphrase }) => {
    await vault.create(passphrase);
    return { protection: vault.protection() };
  },
  'vault.unlock': async ({ passphrase }) => {
    await vault.unlock(passphrase);
    return { protection: vault.protection() };
  },
  'vault.startOver': async ({ passphrase }) => {
    await vault.startOver(passphrase);
    return { protection: vault.protection() };
  },
});
