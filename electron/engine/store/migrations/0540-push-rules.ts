import type { Migration } from './migration.ts';

/** What goes into a push: how far back, what is hidden, and who is never pushed. */
export const migration: Migration = {
  version: 540,
  up: (db) =>
    db.exec(`
      -- How far back the first push of a conversation reached, to be offered again.
      CREATE TABLE crm_ranges (
        conversation_id INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
        since TEXT NOT NULL CHECK (since IN ('everything', 'today', 'week', 'month', 'message')),
        from_message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL
      ) STRICT;
      CREATE INDEX crm_ranges_by_message ON crm_ranges (from_message_id) WHERE from_message_id IS NOT NULL;

      -- A person is known by addresses: joined with another card or parted from it, the rule stays with them.
      CREATE TABLE crm_never_addresses (
        address_id INTEGER PRIMARY KEY REFERENCES addresses (id) ON DELETE CASCADE
      ) STRICT;
      CREATE TABLE crm_never_conversations (
        conversation_id INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE
      ) STRICT;
      CREATE TABLE crm_never_accounts (
        account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE
      ) STRICT;

      -- JSON; null: everything we know is hidden, and no words of the person's own.
      ALTER TABLE crm_connections ADD COLUMN redaction TEXT;
    `),
};
