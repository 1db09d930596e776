import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../electron/engine/store/database.ts';
import type { WritableDb } from '../../electron/engine/store/database.ts';
import { migrate } from '../../electron/engine/store/migrate.ts';
import { migrations } from '../../electron/engine/store/migrations/index.ts';

/**
 * For each step: rows written with it, and statements that it must refuse. The rows of a step stay in the database
 * while the later ones run, so every step meets data.
 */
interface Expectation {
  readonly writes: readonly string[];
  readonly refuses: readonly string[];
}

const steps: Readonly<Record<number, Expectation>> = {
  10: {
    writes: [
      `INSERT INTO accounts (id, bridge_id, network, address, color, created_at_ms) VALUES (1, 'demo', 'demo', 'desk', 0, 1)`,
      `INSERT INTO account_states VALUES (1, '{}')`,
    ],
    refuses: [
      `INSERT INTO accounts (bridge_id, network, address, color, created_at_ms) VALUES ('demo', 'demo', 'desk', 0, 1)`,
      `INSERT INTO accounts (bridge_id, network, address, color, created_at_ms) VALUES ('demo', 'demo', 'x', 'red', 1)`,
      `INSERT INTO account_states VALUES (2, '{}')`,
    ],
  },
  20: {
    writes: [
      `INSERT INTO people (id) VALUES (1)`,
      `INSERT INTO addresses (id, account_id, remote_id, person_id, network, handle) VALUES (1, 1, 'marta', 1, 'demo', 'marta')`,
      `INSERT INTO address_identifiers VALUES (1, 'email', 'marta@levante.example')`,
    ],
    refuses: [
      `INSERT INTO addresses (account_id, remote_id, person_id, network, handle) VALUES (1, 'marta', 1, 'demo', 'm')`,
      `INSERT INTO address_identifiers VALUES (1, 'guess', '1')`,
      `DELETE FROM people`,
    ],
  },
  30: {
    writes: [`INSERT INTO conversations (id, account_id, remote_id, network, kind, title, peer_id) VALUES (1, 1, 'c', 'demo', 'direct', 'Marta', 1)`],
    refuses: [
      `INSERT INTO conversations (account_id, remote_id, network, kind, title) VALUES (1, 'c', 'demo', 'direct', 'x')`,
      `UPDATE conversations SET kind = 'party'`,
      `UPDATE conversations SET membership = 'maybe'`,
      `UPDATE conversations SET security = 'secret'`,
    ],
  },
  40: { writes: [`INSERT INTO participants VALUES (1, 1, NULL)`], refuses: [`INSERT INTO participants VALUES (1, 9, NULL)`] },
  50: {
    writes: [
      `INSERT INTO messages (id, conversation_id, sort_key, sent_at_ms, text, transaction_id) VALUES (1, 1, 1, 1, 'camión', 't')`,
      `INSERT INTO message_replies (message_id, target_id) VALUES (1, 1)`,
    ],
    refuses: [
      `INSERT INTO messages (conversation_id, sort_key, sent_at_ms, transaction_id) VALUES (1, 1, 1, 't')`,
      `INSERT INTO messages (conversation_id, sort_key, sent_at_ms) VALUES (9, 1, 1)`,
    ],
  },
  60: {
    writes: [
      `INSERT INTO reactions (message_id, address_id, emoji) VALUES (1, 1, '👍')`,
      `INSERT INTO attachments (message_id, conversation_id, position, remote_id, name, mime, source) VALUES (1, 1, 0, 'f', 'n', 'm', 's')`,
      `INSERT INTO receipts VALUES (1, 1, 'read', 1, 1, 1)`,
      `INSERT INTO gaps VALUES (1, 1, 'cursor')`,
    ],
    refuses: [
      `INSERT INTO reactions (message_id, address_id, emoji) VALUES (1, 1, '👍')`,
      `INSERT INTO attachments (message_id, conversation_id, position, remote_id, name, mime, source) VALUES (1, 1, 0, 'f', 'n', 'm', 's')`,
      `UPDATE attachments SET state = 'lost'`,
      `INSERT INTO receipts VALUES (1, 1, 'guessed', 1, 1, 1)`,
    ],
  },
  70: { writes: [`INSERT INTO drafts VALUES (1, 'I was', 1)`], refuses: [`INSERT INTO drafts VALUES (1, 'twice', 1)`] },
  80: {
    writes: [`INSERT INTO jobs (key, kind, lane, account_id, message_id, payload, created_at_ms) VALUES ('k', 'send', 'a', 1, 1, '{}', 1)`],
    refuses: [
      `INSERT INTO jobs (key, kind, lane, payload, created_at_ms) VALUES ('k', 'send', 'a', '{}', 1)`,
      `UPDATE jobs SET state = 'lost'`,
    ],
  },
  90: {
    writes: [
      `INSERT INTO secrets VALUES ('account:1', 'password', x'00')`,
      `INSERT INTO settings VALUES ('locale', '"et"')`,
      `INSERT INTO security_events (account_id, rule, detail, at_ms) VALUES (1, 'r', 'd', 1)`,
    ],
    refuses: [`INSERT INTO secrets VALUES ('account:1', 'token', 'in clear text')`],
  },
  200: {
    writes: [
      `INSERT INTO message_search (message_search) VALUES ('rebuild')`,
      `INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)`,
    ],
    refuses: [`INSERT INTO search_sources (id) VALUES (5)`],
  },
  300: {
    writes: [
      `INSERT INTO pending_effects (account_id, target_key, event, created_at_ms) VALUES (1, 1, '{}', 1)`,
      `INSERT INTO quarantine (account_id, event_type, reason, event, at_ms) VALUES (1, 't', 'r', '{}', 1)`,
    ],
    refuses: [`INSERT INTO pending_effects (account_id, target_key, event, created_at_ms) VALUES (9, 1, '{}', 1)`],
  },
  400: {
    writes: [
      `INSERT INTO pushes (id, connection_id, connector_id, connection_name, conversation_id, state, target_title, created_at_ms, anchor_message_id)
       VALUES (1, 1, 'folder', 'Folder', 1, 'done', 'Marta', 1, 1)`,
      `INSERT INTO pushed_messages VALUES (1, 1, 1, 1, 0)`,
    ],
    refuses: [`UPDATE pushes SET state = 'perhaps'`, `INSERT INTO pushed_messages VALUES (1, 1, 1, 1, 0)`],
  },
  510: {
    writes: [`UPDATE conversations SET is_pinned = 1, notify = 'mentions', invited_by_id = 1, invitation_text = 'Come in' WHERE id = 1`, `INSERT INTO message_happenings VALUES (1, '{}')`],
    refuses: [
      `UPDATE conversations SET notify = 'sometimes'`,
      `UPDATE conversations SET is_pinned = 2`,
      `UPDATE conversations SET invited_by_id = 99`,
      `INSERT INTO message_happenings VALUES (9, '{}')`,
      `UPDATE message_happenings SET happening = 'x'`,
      `SELECT is_muted FROM conversations`,
    ],
  },
  520: {
    writes: [
      `INSERT INTO contacts (address_id, name, bond) VALUES (1, 'Marta', 'mutual')`,
      `INSERT INTO contact_groups VALUES (1, 'Sales')`,
      `INSERT INTO blocked_addresses VALUES (1, 'spam.example')`,
      `INSERT INTO avatars (id, sha256, file_name, mime) VALUES (1, 'aa', 'f', 'image/png')`,
      `UPDATE addresses SET avatar_key = 'k', avatar_source = '{}', avatar_id = 1 WHERE id = 1`,
    ],
    refuses: [
      `UPDATE contacts SET bond = 'friends'`,
      `INSERT INTO contacts (address_id) VALUES (99)`,
      `INSERT INTO avatars (sha256, file_name, mime) VALUES ('aa', 'g', 'image/png')`,
    ],
  },
  530: {
    writes: [
      `INSERT INTO message_hints (message_id, spoiler, is_mention, lifetime_ms) VALUES (1, '', 1, 60000)`,
      `INSERT INTO message_versions VALUES (1, 0, 'as it was', 1)`,
      `UPDATE attachments SET thumbnail = 'data:image/png;base64,AA'`,
    ],
    refuses: [
      `INSERT INTO message_hints (message_id) VALUES (1)`,
      `INSERT INTO message_hints (message_id) VALUES (99)`,
      `UPDATE message_hints SET is_mention = 2`,
      `INSERT INTO message_versions VALUES (1, 0, 'twice', 1)`,
    ],
  },
  540: {
    writes: [
      `INSERT INTO crm_ranges VALUES (1, 'message', 1)`,
      `INSERT INTO crm_never_addresses VALUES (1)`,
      `INSERT INTO crm_never_conversations VALUES (1)`,
      `INSERT INTO crm_never_accounts VALUES (1)`,
      `UPDATE crm_connections SET redaction = '{}'`,
    ],
    refuses: [
      `UPDATE crm_ranges SET since = 'yesterday'`,
      `INSERT INTO crm_ranges VALUES (99, 'today', NULL)`,
      `INSERT INTO crm_never_addresses VALUES (99)`,
      `INSERT INTO crm_never_conversations VALUES (99)`,
      `INSERT INTO crm_never_accounts VALUES (99)`,
    ],
  },
  550: {
    writes: [
      `INSERT INTO folders (id, account_id, remote_id, parent_remote_id, name, position) VALUES (1, 1, '!space', NULL, 'Club', 0)`,
      `INSERT INTO folder_conversations VALUES (1, '!room')`,
    ],
    refuses: [
      `INSERT INTO folders (account_id, remote_id, name, position) VALUES (1, '!space', 'Twice', 1)`,
      `INSERT INTO folders (account_id, remote_id, name, position) VALUES (99, '!other', 'Nobody', 1)`,
      `INSERT INTO folder_conversations VALUES (99, '!room')`,
    ],
  },
  560: {
    writes: [
      `INSERT INTO threads (id, conversation_id, root_remote_id, root_key) VALUES (1, 1, '$root', 5)`,
      `INSERT INTO message_threads VALUES (1, 1)`,
      `INSERT INTO message_polls VALUES (1, '{}')`,
      `INSERT INTO conversation_pins VALUES (1, 0, '$root')`,
    ],
    refuses: [
      `INSERT INTO threads (conversation_id, root_remote_id, root_key) VALUES (1, '$root', 5)`,
      `INSERT INTO message_threads VALUES (1, 1)`,
      `INSERT INTO message_polls VALUES (99, '{}')`,
      `INSERT INTO conversation_pins VALUES (1, 0, '$other')`,
      `UPDATE threads SET unread_count = -1`,
    ],
  },
  610: {
    writes: [`INSERT INTO thread_drafts VALUES (1, 'I was about to say', 5)`],
    refuses: [
      `INSERT INTO thread_drafts VALUES (1, 'two of one thread', 6)`,
      `INSERT INTO thread_drafts VALUES (99, 'of no thread', 6)`,
      `UPDATE thread_drafts SET text = ''`,
      `UPDATE thread_drafts SET updated_at_ms = NULL`,
    ],
  },
  600: {
    writes: [
      `INSERT INTO crm_connections (connector_id, name, field_values, created_at_ms) VALUES ('tryton', 'Evening', '{}', 0)`,
      `UPDATE crm_connections SET is_pushed_when_done = 1, evening_minute = 1080, evening_day = '2026-11-22', rules = '[]'`,
      `INSERT INTO conversation_done VALUES (1, 5)`,
    ],
    refuses: [
      `UPDATE crm_connections SET is_pushed_when_done = 2`,
      `UPDATE crm_connections SET evening_minute = 1440`,
      `INSERT INTO conversation_done VALUES (1, 6)`,
      `INSERT INTO conversation_done VALUES (99, 5)`,
    ],
  },
  580: {
    writes: [`UPDATE message_hints SET shield = 'in-clear'`],
    refuses: [`UPDATE message_hints SET shield = x'00'`],
  },
  570: {
    writes: [
      `INSERT INTO service_logins VALUES (1, 'https://bridge.example', 'l1', 'whatsapp', '+34', 'connected', 1, 1, 1, 0)`,
      `INSERT INTO service_outages (account_id, network, service, login_id, began_ms) VALUES (1, 'whatsapp', 'https://bridge.example', 'l1', 5)`,
      `INSERT INTO service_alerts VALUES (1, 'silence', 'irc', 5, 0)`,
      `INSERT INTO network_hours VALUES (1, 'whatsapp', 490000)`,
    ],
    refuses: [
      `INSERT INTO service_logins VALUES (1, 'https://bridge.example', 'l2', 'whatsapp', '+34', 'asleep', 1, 1, 1, 0)`,
      `INSERT INTO service_logins VALUES (99, 'https://bridge.example', 'l1', 'whatsapp', '+34', 'connected', 1, 1, 1, 0)`,
      `INSERT INTO service_outages (account_id, network, service, login_id, began_ms) VALUES (1, 'whatsapp', 'https://bridge.example', 'l1', 6)`,
      `INSERT INTO service_outages (account_id, network, service, login_id, began_ms, ended_ms) VALUES (1, 'whatsapp', 's', 'l', 6, 5)`,
      `INSERT INTO service_alerts VALUES (1, 'boredom', 'irc', 5, 0)`,
    ],
  },
};

/** A database as it was after a step, with rows of all steps up to there. */
function databaseAt(version: number): WritableDb {
  const db = openDatabase({ path: ':memory:' });
  for (const step of migrations.filter((candidate) => candidate.version <= version)) {
    migrate(db, ':memory:', migrations.filter((candidate) => candidate.version <= step.version));
    for (const sql of steps[step.version]?.writes ?? []) db.exec(sql);
  }
  return db;
}

const schemaOf = (db: WritableDb): unknown[] =>
  db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();

test('what was muted stays silent', () => {
  const db = databaseAt(500);
  db.exec(`UPDATE conversations SET is_muted = 1`);
  migrate(db, ':memory:', migrations.filter((step) => step.version <= 510));
  expect(db.prepare('SELECT notify FROM conversations').pluck().all()).toEqual(['none']);
  db.close();
});

describe.each(Object.entries(steps))('step %s', (number, { refuses }) => {
  const version = Number(number);

  test('takes its rows and refuses what breaks its rules', () => {
    const db = databaseAt(version);
    for (const sql of refuses) expect(() => db.exec(sql), sql).toThrow();
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });

  test('with the rows of earlier versions it leads to the same schema as a fresh start', () => {
    const fresh = openDatabase({ path: ':memory:' });
    migrate(fresh, ':memory:');
    const old = databaseAt(version);
    migrate(old, ':memory:');
    expect(schemaOf(old)).toEqual(schemaOf(fresh));
    expect(old.prepare('SELECT count(*) FROM accounts').pluck().get()).toBe(1);
    old.close();
    fresh.close();
  });

  test('cut off at its end it leaves nothing behind', () => {
    const before = migrations.filter((step) => step.version < version);
    const cut = { version, up: (db: WritableDb) => { migrations.find((step) => step.version === version)?.up(db); throw new Error('power cut'); } };
    const db = databaseAt(before.at(-1)?.version ?? 0);
    const schema = schemaOf(db);
    expect(() => migrate(db, ':memory:', [...before, cut])).toThrow('power cut');
    expect(schemaOf(db)).toEqual(schema);
    expect(db.pragma('user_version', { simple: true })).toBe(before.at(-1)?.version ?? 0);
    db.close();
  });
});
