import type { Migration } from './migration.ts';

/** What is kept at the top of the list, which messages ask for attention, and who invited us. */
export const migration: Migration = {
  version: 510,
  up: (db) =>
    db.exec(`
      ALTER TABLE conversations ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1));
      ALTER TABLE conversations ADD COLUMN notify TEXT NOT NULL DEFAULT 'all' CHECK (notify IN ('all', 'mentions', 'none'));
      UPDATE conversations SET notify = 'none' WHERE is_muted = 1;
      ALTER TABLE conversations DROP COLUMN is_muted;

      -- Who asks or invites, and their words, while a decision is to be taken.
      ALTER TABLE conversations ADD COLUMN invited_by_id INTEGER REFERENCES addresses (id);
      ALTER TABLE conversations ADD COLUMN invitation_text TEXT;
      CREATE INDEX conversations_by_inviter ON conversations (invited_by_id) WHERE invited_by_id IS NOT NULL;

      -- The pinned ones come first, so the order of the list begins with that.
      DROP INDEX conversations_by_activity;
      CREATE INDEX conversations_by_activity ON conversations (is_pinned, active_at_ms, id, account_id, unread_count, membership)
        WHERE is_listed = 1;
      DROP INDEX conversations_unpushed;
      CREATE INDEX conversations_unpushed ON conversations (is_pinned, active_at_ms, id)
        WHERE is_listed = 1 AND unpushed_count > 0;

      -- What a system line tells, for the words of each language.
      CREATE TABLE message_happenings (
        message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        happening TEXT NOT NULL CHECK (json_valid(happening))
      ) STRICT;
    `),
};
