import type { Migration } from './migration.ts';

/** People and their addresses: one human may have several handles on several networks. */
export const migration: Migration = {
  version: 20,
  up: (db) =>
    db.exec(`
      CREATE TABLE people (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT
      ) STRICT;

      CREATE TABLE addresses (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        remote_id TEXT NOT NULL,
        person_id INTEGER NOT NULL REFERENCES people (id),
        network TEXT NOT NULL,
        handle TEXT NOT NULL,
        display_name TEXT,
        is_self INTEGER NOT NULL DEFAULT 0,
        UNIQUE (account_id, remote_id)
      ) STRICT;
      CREATE INDEX addresses_by_person ON addresses (person_id);

      -- Identifiers a network vouches for; a CRM may know the person by them.
      CREATE TABLE address_identifiers (
        address_id INTEGER NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'handle')),
        value TEXT NOT NULL,
        PRIMARY KEY (address_id, kind, value)
      ) STRICT, WITHOUT ROWID;
    `),
};
