import type { Migration } from './migration.ts';

/** What was begun in threads, each apart from the draft of its conversation. */
export const migration: Migration = {
  version: 610,
  up: (db) =>
    db.exec(`
      CREATE TABLE thread_drafts (
        thread_id INTEGER PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
        text TEXT NOT NULL CHECK (text <> ''),
        updated_at_ms INTEGER NOT NULL
      ) STRICT;
    `),
};
