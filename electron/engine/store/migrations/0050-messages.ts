import type { Migration } from './migration.ts';

/** Messages. Ids grow with time (see message-id.ts); names are found by a hash and then compared. */
export const migration: Migration = {
  version: 50,
  up: (db) =>
    db.exec(`
      CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        -- The network's own order where it has one, else the time.
        sort_key INTEGER NOT NULL,
        sent_at_ms INTEGER NOT NULL,
        -- An address. No foreign key: it would cost every insert a look-up and every removal a scan.
        sender_id INTEGER,
        is_own INTEGER NOT NULL DEFAULT 0,
        kind TEXT NOT NULL DEFAULT 'message',
        text TEXT NOT NULL DEFAULT '',
        remote_id TEXT,
        remote_key INTEGER,
        alternate_id TEXT,
        alternate_key INTEGER,
        delivery TEXT,
        -- Grows with every edit and with deletion: what a push compares.
        version INTEGER NOT NULL DEFAULT 0,
        sender_name TEXT,
        transaction_id TEXT,
        fault TEXT,
        edited_at_ms INTEGER,
        deleted_at_ms INTEGER
      ) STRICT;
      CREATE INDEX messages_by_conversation ON messages (conversation_id, sort_key);
      -- Not unique: two names may share a hash; the text decides.
      CREATE INDEX messages_by_remote_key ON messages (remote_key) WHERE remote_key IS NOT NULL;
      CREATE INDEX messages_by_alternate_key ON messages (alternate_key) WHERE alternate_key IS NOT NULL;
      CREATE UNIQUE INDEX messages_by_transaction ON messages (transaction_id) WHERE transaction_id IS NOT NULL;
      -- Ours that may still become delivered or read: what a receipt looks through.
      CREATE INDEX messages_awaiting_receipt ON messages (conversation_id, sort_key)
        WHERE delivery IN ('sent', 'delivered');

      CREATE TABLE message_replies (
        message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        target_remote_id TEXT,
        target_key INTEGER,
        -- Set once the original is in the store.
        target_id INTEGER,
        sender_id INTEGER,
        excerpt TEXT NOT NULL DEFAULT ''
      ) STRICT;
    `),
};
