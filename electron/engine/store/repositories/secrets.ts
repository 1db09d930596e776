import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';
import { runDurably } from '../transaction.ts';

/** Whose secret: `account:3`, `connection:1`, `vault`. */
export type SecretScope = `account:${number}` | `connection:${number}` | 'vault';

/** Sealed blobs. What is in them only the vault knows; this room never sees a secret in clear. */
export const secrets = {
  get: (db: ReadableDb, scope: SecretScope, name: string): Uint8Array | null =>
    readOne<{ sealed: Uint8Array }>(db, 'SELECT sealed FROM secrets WHERE scope = ? AND name = ?', scope, name)
      ?.sealed ?? null,

  set: (db: WritableDb, scope: SecretScope, name: string, sealed: Uint8Array): void => {
    runDurably(db, () =>
      change(
        db,
        `INSERT INTO secrets (scope, name, sealed) VALUES (?, ?, ?)
         ON CONFLICT (scope, name) DO UPDATE SET sealed = excluded.sealed`,
        scope,
        name,
        sealed,
      ),
    );
  },

  delete: (db: WritableDb, scope: SecretScope, name: string): void => {
    runDurably(db, () => change(db, 'DELETE FROM secrets WHERE scope = ? AND name = ?', scope, name));
  },

  deleteScope: (db: WritableDb, scope: SecretScope): void => {
    runDurably(db, () => change(db, 'DELETE FROM secrets WHERE scope = ?', scope));
  },

  /** Every blob, for sealing all of them anew. */
  list: (db: ReadableDb): { scope: SecretScope; name: string; sealed: Uint8Array }[] =>
    readAll(db, 'SELECT scope, name, sealed FROM secrets ORDER BY scope, name'),
};
