import type { Migration } from './migration.ts';

/** Reactions, attachments, receipts and holes in the history. */
export const migration: Migration = {
  version: 60,
  up: (db) =>
    db.exec(`
      CREATE TABLE reactions (
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        address_id INTEGER NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
        emoji TEXT NOT NULL,
        remote_id TEXT,
        remote_key INTEGER,
        PRIMARY KEY (message_id, address_id, emoji)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX reactions_by_remote_key ON reactions (remote_key) WHERE remote_key IS NOT NULL;
      CREATE INDEX reactions_by_address ON reactions (address_id);

      CREATE TABLE attachments (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        remote_id TEXT NOT NULL,
        name TEXT NOT NULL,
        mime TEXT NOT NULL,
        size_bytes INTEGER,
        width_px INTEGER,
        height_px INTEGER,
        duration_ms INTEGER,
        source TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'remote' CHECK (state IN ('remote', 'fetching', 'ready', 'failed')),
        fault TEXT,
        -- Name inside the profile's folder of files, once it is there.
        file_name TEXT,
        sha256 TEXT,
        UNIQUE (message_id, remote_id)
      ) STRICT;
      CREATE INDEX attachments_by_conversation ON attachments (conversation_id, message_id);

      CREATE TABLE receipts (
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        address_id INTEGER NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('delivered', 'read')),
        message_id INTEGER NOT NULL,
        sort_key INTEGER NOT NULL,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (conversation_id, address_id, kind)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX receipts_by_address ON receipts (address_id);

      -- Messages may be missing just before this one.
      CREATE TABLE gaps (
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        before_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        cursor TEXT NOT NULL,
        PRIMARY KEY (conversation_id, before_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX gaps_by_message ON gaps (before_id);
    `),
};
