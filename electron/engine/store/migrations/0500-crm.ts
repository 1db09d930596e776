import type { Migration } from './migration.ts';

/** Connections to CRMs, whom we found there, what a push is about to do, and what was done. */
export const migration: Migration = {
  version: 500,
  up: (db) =>
    db.exec(`
      CREATE TABLE crm_connections (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        connector_id TEXT NOT NULL,
        name TEXT NOT NULL,
        is_default INTEGER NOT NULL DEFAULT 0,
        is_one_click INTEGER NOT NULL DEFAULT 0,
        -- Fields that are no secret; the others are sealed under 'connection:<id>'.
        field_values TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'needs-login', 'unreachable', 'locked')),
        fault TEXT,
        -- Nothing may be sent before, the server said.
        paused_until_ms INTEGER NOT NULL DEFAULT 0,
        created_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX crm_connections_default ON crm_connections (is_default) WHERE is_default = 1;

      -- Which record a person or conversation is, by our key for them.
      CREATE TABLE crm_links (
        connection_id INTEGER NOT NULL REFERENCES crm_connections (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('contact', 'container')),
        kind TEXT NOT NULL,
        remote_id TEXT NOT NULL,
        title TEXT NOT NULL,
        decided_by TEXT NOT NULL CHECK (decided_by IN ('person', 'key', 'created')),
        decided_at_ms INTEGER NOT NULL,
        PRIMARY KEY (connection_id, key)
      ) STRICT, WITHOUT ROWID;

      -- Records a person saw offered and did not take: never suggested again.
      CREATE TABLE crm_rejections (
        connection_id INTEGER NOT NULL REFERENCES crm_connections (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        kind TEXT NOT NULL,
        remote_id TEXT NOT NULL,
        PRIMARY KEY (connection_id, key, kind, remote_id)
      ) STRICT, WITHOUT ROWID;

      -- What a person was shown; with a push_id: what is being written. The content goes when it is written.
      CREATE TABLE crm_plans (
        id TEXT PRIMARY KEY,
        connection_id INTEGER NOT NULL REFERENCES crm_connections (id) ON DELETE CASCADE,
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        push_id INTEGER REFERENCES pushes (id) ON DELETE CASCADE,
        target_key TEXT,
        content TEXT NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0,
        planned_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX crm_plans_by_push ON crm_plans (push_id) WHERE push_id IS NOT NULL;
      CREATE INDEX crm_plans_by_connection ON crm_plans (connection_id);
      CREATE INDEX crm_plans_by_conversation ON crm_plans (conversation_id);

      -- The write-ahead ledger: recorded before a request leaves, settled when its answer is known.
      CREATE TABLE crm_ops (
        push_id INTEGER NOT NULL REFERENCES pushes (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('contact', 'container', 'note', 'file')),
        state TEXT NOT NULL CHECK (state IN ('inflight', 'done', 'skipped', 'withdrawn')),
        is_adopted INTEGER NOT NULL DEFAULT 0,
        body_sha256 TEXT,
        remote TEXT,
        parent TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (push_id, key)
      ) STRICT, WITHOUT ROWID;

      -- Who wrote what where; kept when a connection is removed.
      CREATE TABLE crm_audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_ms INTEGER NOT NULL,
        connection_id INTEGER NOT NULL,
        connection_name TEXT NOT NULL,
        conversation_id INTEGER,
        push_id INTEGER,
        action TEXT NOT NULL,
        record_kind TEXT,
        record_id TEXT,
        key TEXT,
        detail TEXT
      ) STRICT;
      CREATE INDEX crm_audit_by_conversation ON crm_audit (conversation_id, id);
    `),
};
