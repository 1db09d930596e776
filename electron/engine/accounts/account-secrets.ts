import type { SecretStore } from '#bridge';
import type { AccountId } from '#model';
import type { WritableDb } from '../store/database.ts';
import { secrets, type SecretScope } from '../store/repositories/secrets.ts';
import type { Vault } from '../vault/vault.ts';

/** Sealed values of one owner (`account:3`, `connection:1`); a value opens only under its owner and name. */
export const createSealedStore = (db: WritableDb, vault: Vault, scope: SecretScope): SecretStore => {
  const contextOf = (name: string): string => `${scope} ${name}`;
  return {
    async get(name) {
      const sealed = secrets.get(db, scope, name);
      return sealed === null ? null : vault.unseal(contextOf(name), sealed);
    },
    async set(name, value) {
      secrets.set(db, scope, name, vault.seal(contextOf(name), value));
    },
    async delete(name) {
      secrets.delete(db, scope, name);
    },
  };
};

export const accountScope = (id: AccountId): SecretScope => `account:${id}`;

/** `none`: nothing to unseal. `sealed`: wait for the passphrase. `lost`: sealed by a key that is not there now. */
export type SecretsState = 'none' | 'open' | 'sealed' | 'lost';

export const secretsStateOf = (db: WritableDb, vault: Vault, scope: SecretScope): SecretsState => {
  const own = secrets.list(db).filter((one) => one.scope === scope);
  if (own.length === 0) return 'none';
  if (!vault.isOpen()) return 'sealed';
  const closed = own.filter(({ name, sealed }) => vault.unseal(`${scope} ${name}`, sealed) === null);
  if (closed.length === 0) return 'open';
  return closed.every(({ sealed }) => vault.stateOf(sealed) === 'locked') ? 'sealed' : 'lost';
};
