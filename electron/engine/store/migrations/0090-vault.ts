import type { Migration } from './migration.ts';

/** Secrets, sealed before they come here; settings; the security log. */
export const migration: Migration = {
  version: 90,
  up: (db) =>
    db.exec(`
      CREATE TABLE secrets (
        -- 'account:3', 'connection:1', 'vault'.
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (scope, name)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE settings (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE security_events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
        rule TEXT NOT NULL,
        detail TEXT NOT NULL,
        at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX security_events_by_account ON security_events (account_id);
    `),
};
