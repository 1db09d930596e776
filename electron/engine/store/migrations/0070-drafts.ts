import type { Migration } from './migration.ts';

/** What a person began to write. */
export const migration: Migration = {
  version: 70,
  up: (db) =>
    db.exec(`
      CREATE TABLE drafts (
        conversation_id INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        updated_at_ms INTEGER NOT NULL
      ) STRICT;
    `),
};
