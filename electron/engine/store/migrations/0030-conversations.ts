import type { Migration } from './migration.ts';

/** Conversations, with the columns of the list kept ready on the row: a list of 200 is one index walk. */
export const migration: Migration = {
  version: 30,
  up: (db) =>
    db.exec(`
      CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        remote_id TEXT NOT NULL,
        network TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('direct', 'group', 'channel')),
        remote_title TEXT,
        title TEXT NOT NULL,
        topic TEXT,
        security TEXT NOT NULL DEFAULT 'plain' CHECK (security IN ('plain', 'encrypted')),
        membership TEXT NOT NULL DEFAULT 'joined' CHECK (membership IN ('joined', 'invited', 'requested', 'left')),
        peer_id INTEGER REFERENCES addresses (id),
        is_listed INTEGER NOT NULL DEFAULT 1,
        is_muted INTEGER NOT NULL DEFAULT 0,
        -- 1: the network counts unread messages; our own count then stands aside.
        is_counted_remotely INTEGER NOT NULL DEFAULT 0,
        unread_count INTEGER NOT NULL DEFAULT 0,
        -- Where we have read up to: row and its sort key.
        read_up_to_id INTEGER,
        read_up_to_key INTEGER NOT NULL DEFAULT 0,
        active_at_ms INTEGER NOT NULL DEFAULT 0,
        -- Of the newest message.
        last_message_id INTEGER,
        last_sort_key INTEGER NOT NULL DEFAULT 0,
        last_text TEXT NOT NULL DEFAULT '',
        last_sender_id INTEGER,
        last_sender_name TEXT,
        last_is_own INTEGER NOT NULL DEFAULT 0,
        last_kind TEXT NOT NULL DEFAULT 'none',
        last_delivery TEXT,
        -- Written by pushes: "Tryton · Party", and how many messages came since.
        push_tag TEXT,
        unpushed_count INTEGER NOT NULL DEFAULT 0,
        -- Title and handles, accents folded: what the filter of the list looks into.
        search_text TEXT NOT NULL DEFAULT '',
        UNIQUE (account_id, remote_id)
      ) STRICT;
      -- The one index that moves with every message; its last columns let the filters walk it without the table.
      CREATE INDEX conversations_by_activity ON conversations (active_at_ms, id, account_id, unread_count)
        WHERE is_listed = 1;
      CREATE INDEX conversations_unpushed ON conversations (active_at_ms, id)
        WHERE is_listed = 1 AND unpushed_count > 0;
      CREATE INDEX conversations_by_peer ON conversations (peer_id) WHERE peer_id IS NOT NULL;
    `),
};
