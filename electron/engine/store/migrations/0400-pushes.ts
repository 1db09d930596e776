import type { Migration } from './migration.ts';

/** What the inbox shows of pushes to a CRM. The CRM room adds its own tables from 0500 on. */
export const migration: Migration = {
  version: 400,
  up: (db) =>
    db.exec(`
      CREATE TABLE pushes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        connection_id INTEGER NOT NULL,
        connector_id TEXT NOT NULL,
        connection_name TEXT NOT NULL,
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        state TEXT NOT NULL CHECK (state IN ('undoable', 'waiting', 'sending', 'needs-you', 'done', 'cancelled')),
        target_title TEXT NOT NULL,
        url TEXT,
        message_count INTEGER NOT NULL DEFAULT 0,
        file_count INTEGER NOT NULL DEFAULT 0,
        -- The newest message that went along.
        anchor_message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL,
        -- The system line in the timeline: a row of messages with kind 'push'.
        line_message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL,
        fault TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_attempt_at_ms INTEGER,
        undo_until_ms INTEGER,
        created_at_ms INTEGER NOT NULL,
        done_at_ms INTEGER
      ) STRICT;
      CREATE INDEX pushes_by_conversation ON pushes (conversation_id, id);
      CREATE INDEX pushes_open ON pushes (id) WHERE state NOT IN ('done', 'cancelled');
      CREATE INDEX pushes_by_line ON pushes (line_message_id) WHERE line_message_id IS NOT NULL;
      CREATE INDEX pushes_by_anchor ON pushes (anchor_message_id) WHERE anchor_message_id IS NOT NULL;

      -- version: that of the message when it was pushed; a higher one now means it was edited since.
      CREATE TABLE pushed_messages (
        connection_id INTEGER NOT NULL,
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        push_id INTEGER NOT NULL REFERENCES pushes (id) ON DELETE CASCADE,
        version INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (connection_id, conversation_id, message_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX pushed_messages_by_message ON pushed_messages (message_id);
      CREATE INDEX pushed_messages_by_push ON pushed_messages (push_id);
      CREATE INDEX pushed_messages_by_conversation ON pushed_messages (conversation_id);
    `),
};
