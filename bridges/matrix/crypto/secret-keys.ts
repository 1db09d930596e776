/** The key of the secret storage (4S), while a person has just made or entered it. Never written down by us. */
import type { MatrixClient } from 'matrix-js-sdk';
import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';

type AskedKeys = Parameters<NonNullable<CryptoCallbacks['getSecretStorageKey']>>[0]['keys'];

export interface SecretKeys {
  readonly callbacks: CryptoCallbacks;
  /** Offers a key for the time of `work`; it is forgotten afterwards. */
  using<Result>(key: Uint8Array, work: () => Promise<Result>): Promise<Result>;
  forget(): void;
}

/** `client` is asked late: it is made with these callbacks. */
export const createSecretKeys = (client: () => MatrixClient): SecretKeys => {
  const known = new Map<string, Uint8Array<ArrayBuffer>>();
  let offered: Uint8Array<ArrayBuffer> | null = null;
  return {
    callbacks: {
      async getSecretStorageKey({ keys }: { keys: AskedKeys }) {
        for (const [id, info] of Object.entries(keys)) {
          const key = known.get(id);
          if (key !== undefined) return [id, key];
          if (offered !== null && (await client().secretStorage.checkKey(offered, info))) return [id, offered];
        }
        return null;
      },
      cacheSecretStorageKey(id, _info, key) {
        known.set(id, new Uint8Array(key));
      },
    },
    async using(key, work) {
      offered = new Uint8Array(key);
      try {
        return await work();
      } finally {
        offered = null;
        known.clear();
      }
    },
    forget: () => known.clear(),
  };
};
