import type { Migration } from './migration.ts';

/** Contact lists of the networks, pictures of people and rooms, and who is kept away. */
export const migration: Migration = {
  version: 520,
  up: (db) =>
    db.exec(`
      CREATE TABLE contacts (
        address_id INTEGER PRIMARY KEY REFERENCES addresses (id) ON DELETE CASCADE,
        name TEXT,
        bond TEXT NOT NULL DEFAULT 'none' CHECK (bond IN ('none', 'asked', 'sees-us', 'we-see', 'mutual'))
      ) STRICT;

      CREATE TABLE contact_groups (
        address_id INTEGER NOT NULL REFERENCES contacts (address_id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        PRIMARY KEY (address_id, name)
      ) STRICT, WITHOUT ROWID;

      -- People and whole servers, as the network writes them.
      CREATE TABLE blocked_addresses (
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        address TEXT NOT NULL,
        PRIMARY KEY (account_id, address)
      ) STRICT, WITHOUT ROWID;

      -- Pictures, each kept once. An id is never used again: a page may remember what it stands for.
      CREATE TABLE avatars (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sha256 TEXT NOT NULL UNIQUE,
        file_name TEXT NOT NULL,
        mime TEXT NOT NULL
      ) STRICT;

      -- Who waits for a decision: few, and asked for often.
      CREATE INDEX conversations_requested ON conversations (is_listed, unread_count) WHERE membership = 'requested';

      -- The picture as the network names it, what the bridge needs to fetch it, and its bytes once they are here.
      ALTER TABLE addresses ADD COLUMN avatar_key TEXT;
      ALTER TABLE addresses ADD COLUMN avatar_source TEXT;
      ALTER TABLE addresses ADD COLUMN avatar_id INTEGER REFERENCES avatars (id) ON DELETE SET NULL;
      ALTER TABLE conversations ADD COLUMN avatar_key TEXT;
      ALTER TABLE conversations ADD COLUMN avatar_source TEXT;
      ALTER TABLE conversations ADD COLUMN avatar_id INTEGER REFERENCES avatars (id) ON DELETE SET NULL;
      CREATE INDEX addresses_without_picture ON addresses (account_id) WHERE avatar_source IS NOT NULL AND avatar_id IS NULL;
      CREATE INDEX conversations_without_picture ON conversations (account_id) WHERE avatar_source IS NOT NULL AND avatar_id IS NULL;
      CREATE INDEX addresses_by_picture ON addresses (account_id, avatar_key) WHERE avatar_id IS NOT NULL;
      CREATE INDEX addresses_with_picture ON addresses (avatar_id) WHERE avatar_id IS NOT NULL;
      CREATE INDEX conversations_with_picture ON conversations (avatar_id) WHERE avatar_id IS NOT NULL;
    `),
};
