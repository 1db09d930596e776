import type { Migration } from './migration.ts';

/** The outbox: everything that still has to be told to somebody else, in lanes that keep their order. */
export const migration: Migration = {
  version: 80,
  up: (db) =>
    db.exec(`
      CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        -- What makes a repeated request harmless.
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        -- Jobs of one lane run one after another, in the order they came.
        lane TEXT NOT NULL,
        account_id INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
        conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
        message_id INTEGER REFERENCES messages (id) ON DELETE CASCADE,
        payload TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'failed', 'done')),
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before_ms INTEGER NOT NULL DEFAULT 0,
        fault TEXT,
        created_at_ms INTEGER NOT NULL,
        finished_at_ms INTEGER
      ) STRICT;
      CREATE INDEX jobs_open ON jobs (lane, id) WHERE state IN ('waiting', 'running');
      CREATE INDEX jobs_by_message ON jobs (message_id) WHERE message_id IS NOT NULL;
      CREATE INDEX jobs_by_conversation ON jobs (conversation_id) WHERE conversation_id IS NOT NULL;
      CREATE INDEX jobs_by_account ON jobs (account_id) WHERE account_id IS NOT NULL;
      CREATE INDEX jobs_finished ON jobs (finished_at_ms) WHERE finished_at_ms IS NOT NULL;
    `),
};
