import type { Migration } from './migration.ts';

/** Threads, polls, what rooms hold up, and sounds that were spoken. */
export const migration: Migration = {
  version: 560,
  up: (db) =>
    db.exec(`
      CREATE TABLE threads (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        -- The message that began it, by the network's name: it may not be here.
        root_remote_id TEXT NOT NULL,
        root_key INTEGER NOT NULL,
        read_up_to_key INTEGER NOT NULL DEFAULT 0,
        unread_count INTEGER NOT NULL DEFAULT 0 CHECK (unread_count >= 0),
        UNIQUE (conversation_id, root_remote_id)
      ) STRICT;
      CREATE INDEX threads_by_root ON threads (root_key);

      -- Answers. Few messages are one: kept out of the way of the many.
      CREATE TABLE message_threads (
        message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE
      ) STRICT;
      CREATE INDEX message_threads_by_thread ON message_threads (thread_id, message_id);

      CREATE TABLE message_polls (
        message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        poll TEXT NOT NULL
      ) STRICT;

      CREATE TABLE conversation_pins (
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        remote_id TEXT NOT NULL,
        PRIMARY KEY (conversation_id, position)
      ) STRICT, WITHOUT ROWID;

      -- Loudness over time as JSON; null: no voice message.
      ALTER TABLE attachments ADD COLUMN waveform TEXT;
    `),
};
