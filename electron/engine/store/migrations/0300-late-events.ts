import type { Migration } from './migration.ts';

/** Edits, reactions and deletions that came before their message, and events that could not be stored. */
export const migration: Migration = {
  version: 300,
  up: (db) =>
    db.exec(`
      CREATE TABLE pending_effects (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        target_key INTEGER NOT NULL,
        event TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX pending_effects_by_target ON pending_effects (account_id, target_key);
      CREATE INDEX pending_effects_by_age ON pending_effects (account_id, id);

      CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        event_type TEXT NOT NULL,
        reason TEXT NOT NULL,
        -- The event as far as it can be written down, at most 64 KiB.
        event TEXT NOT NULL,
        at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX quarantine_by_account ON quarantine (account_id);
    `),
};
