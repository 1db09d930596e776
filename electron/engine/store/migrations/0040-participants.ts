import type { Migration } from './migration.ts';

/** Who is in a conversation. */
export const migration: Migration = {
  version: 40,
  up: (db) =>
    db.exec(`
      CREATE TABLE participants (
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        address_id INTEGER NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
        role TEXT,
        PRIMARY KEY (conversation_id, address_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX participants_by_address ON participants (address_id);
    `),
};
