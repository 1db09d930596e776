import type { Migration } from './migration.ts';

/** Folders that a network keeps conversations in. */
export const migration: Migration = {
  version: 550,
  up: (db) =>
    db.exec(`
      -- An id is never used again: the list may be narrowed to it.
      CREATE TABLE folders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        remote_id TEXT NOT NULL,
        parent_remote_id TEXT,
        name TEXT NOT NULL,
        position INTEGER NOT NULL,
        UNIQUE (account_id, remote_id)
      ) STRICT;

      -- By the network's name: a folder may tell of a conversation before the conversation does.
      CREATE TABLE folder_conversations (
        folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
        conversation_remote_id TEXT NOT NULL,
        PRIMARY KEY (folder_id, conversation_remote_id)
      ) STRICT, WITHOUT ROWID;
    `),
};
