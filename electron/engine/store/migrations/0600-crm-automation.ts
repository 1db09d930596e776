import type { Migration } from './migration.ts';

/** Pushes that begin by themselves, rules that say what a conversation becomes, and conversations that are done. */
export const migration: Migration = {
  version: 600,
  up: (db) =>
    db.exec(`
      ALTER TABLE crm_connections ADD COLUMN is_pushed_when_done INTEGER NOT NULL DEFAULT 0 CHECK (is_pushed_when_done IN (0, 1));
      -- Minutes after midnight of the person's own day; null: never.
      ALTER TABLE crm_connections ADD COLUMN evening_minute INTEGER CHECK (evening_minute BETWEEN 0 AND 1439);
      -- The last day ('2026-11-22') whose evening was taken care of.
      ALTER TABLE crm_connections ADD COLUMN evening_day TEXT;
      -- JSON, first match first; null: none.
      ALTER TABLE crm_connections ADD COLUMN rules TEXT;

      -- A conversation is done until the other side writes again.
      CREATE TABLE conversation_done (
        conversation_id INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
        done_at_ms INTEGER NOT NULL
      ) STRICT;
    `),
};
