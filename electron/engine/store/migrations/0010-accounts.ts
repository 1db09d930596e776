import type { Migration } from './migration.ts';

/** Our own accounts on networks. What a bridge saves of its progress changes often and lies apart. */
export const migration: Migration = {
  version: 10,
  up: (db) =>
    db.exec(`
      CREATE TABLE accounts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        bridge_id TEXT NOT NULL,
        network TEXT NOT NULL,
        address TEXT NOT NULL,
        display_name TEXT,
        label TEXT,
        color INTEGER NOT NULL,
        is_enabled INTEGER NOT NULL DEFAULT 1,
        settings TEXT NOT NULL DEFAULT '{}',
        created_at_ms INTEGER NOT NULL,
        UNIQUE (bridge_id, address)
      ) STRICT;

      CREATE TABLE account_states (
        account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
        saved_state TEXT NOT NULL
      ) STRICT;
    `),
};
