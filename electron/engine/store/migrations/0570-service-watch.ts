import type { Migration } from './migration.ts';

/** How our logins at bridges go, when they were out, what is said about that, and when their networks talk. */
export const migration: Migration = {
  version: 570,
  up: (db) =>
    db.exec(`
      -- One row a login; service: address of the bridge, or of its bot where it has no other way to be asked.
      CREATE TABLE service_logins (
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        service TEXT NOT NULL,
        login_id TEXT NOT NULL,
        network TEXT NOT NULL,
        name TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('connected', 'connecting', 'waiting', 'needs-login', 'signed-out', 'failed')),
        -- Since when it is in this state, as far as anybody knows.
        since_ms INTEGER NOT NULL,
        -- When we last heard that it is connected.
        confirmed_ms INTEGER,
        -- The last sign that its phone is switched on.
        phone_seen_ms INTEGER NOT NULL,
        is_phone_offline INTEGER NOT NULL DEFAULT 0 CHECK (is_phone_offline IN (0, 1)),
        PRIMARY KEY (account_id, service, login_id)
      ) STRICT, WITHOUT ROWID;

      -- Times in which messages may have been missed.
      CREATE TABLE service_outages (
        id INTEGER PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        network TEXT NOT NULL,
        service TEXT NOT NULL,
        login_id TEXT NOT NULL,
        began_ms INTEGER NOT NULL,
        ended_ms INTEGER CHECK (ended_ms >= began_ms)
      ) STRICT;
      CREATE INDEX service_outages_by_network ON service_outages (account_id, network, began_ms);
      CREATE UNIQUE INDEX service_outages_open ON service_outages (account_id, service, login_id) WHERE ended_ms IS NULL;

      CREATE TABLE service_alerts (
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('signed-out', 'waiting', 'phone', 'silence')),
        -- A login, or a network.
        subject TEXT NOT NULL,
        since_ms INTEGER NOT NULL,
        is_dismissed INTEGER NOT NULL DEFAULT 0 CHECK (is_dismissed IN (0, 1)),
        PRIMARY KEY (account_id, kind, subject)
      ) STRICT, WITHOUT ROWID;

      -- Hours (since 1970) in which somebody wrote on a network behind a bridge: what its silence is measured by.
      CREATE TABLE network_hours (
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        network TEXT NOT NULL,
        hour INTEGER NOT NULL,
        PRIMARY KEY (account_id, network, hour)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO network_hours
        SELECT DISTINCT conversations.account_id, conversations.network, messages.sent_at_ms / 3600000
        FROM conversations JOIN accounts ON accounts.id = conversations.account_id
          JOIN messages ON messages.conversation_id = conversations.id
        WHERE conversations.network <> accounts.network AND messages.is_own = 0 AND messages.kind IN ('message', 'action');
    `),
};
