import type { Migration } from './migration.ts';

/** What a sender wishes for a message, what it said before it was edited, and the tiny pictures of files. */
export const migration: Migration = {
  version: 530,
  up: (db) =>
    db.exec(`
      -- Few messages have any of this: kept out of the way of the many.
      CREATE TABLE message_hints (
        message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        -- Hidden until it is asked for; the hint that was given, possibly empty.
        spoiler TEXT,
        is_unstyled INTEGER NOT NULL DEFAULT 0 CHECK (is_unstyled IN (0, 1)),
        is_mention INTEGER NOT NULL DEFAULT 0 CHECK (is_mention IN (0, 1)),
        -- How long it may stay once it was read, and when that is over: null until it was read.
        lifetime_ms INTEGER,
        expires_at_ms INTEGER
      ) STRICT;
      CREATE INDEX message_hints_ending ON message_hints (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
      CREATE INDEX message_hints_unstarted ON message_hints (message_id) WHERE lifetime_ms IS NOT NULL AND expires_at_ms IS NULL;

      -- Texts that stood there before an edit.
      CREATE TABLE message_versions (
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        text TEXT NOT NULL,
        written_at_ms INTEGER NOT NULL,
        PRIMARY KEY (message_id, version)
      ) STRICT, WITHOUT ROWID;

      ALTER TABLE attachments ADD COLUMN thumbnail TEXT;
    `),
};
