/**
 * One SQLite file per account: where the sync stands, what rooms look like, and the batches the engine has not
 * confirmed yet. It holds no message text once a batch is confirmed, and everything in it can be fetched again.
 */
import { renameSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';

export type MatrixDatabase = Sqlite.Database;

const schemaVersion = 6;

const schema = `
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE room (
    id TEXT PRIMARY KEY, membership TEXT NOT NULL, is_encrypted INTEGER NOT NULL DEFAULT 0,
    unread_count INTEGER, active_at_ms INTEGER, summary TEXT, prev_batch TEXT, stripped_state TEXT, emitted TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE room_state (
    room_id TEXT NOT NULL, type TEXT NOT NULL, state_key TEXT NOT NULL, event_id TEXT, event TEXT NOT NULL,
    PRIMARY KEY (room_id, type, state_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX room_state_event ON room_state (event_id);
  CREATE TABLE account_data (type TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE room_account_data (
    room_id TEXT NOT NULL, type TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (room_id, type)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE event (
    id TEXT PRIMARY KEY, room_id TEXT NOT NULL, sender TEXT NOT NULL, sent_at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
    target TEXT, emoji TEXT, message_type TEXT, is_redacted INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX event_room_time ON event (room_id, sent_at_ms) WHERE kind = 'message';
  CREATE INDEX event_target ON event (target) WHERE target IS NOT NULL;
  CREATE TABLE gap (room_id TEXT NOT NULL, cursor TEXT NOT NULL, before TEXT NOT NULL, PRIMARY KEY (room_id, cursor))
    STRICT, WITHOUT ROWID;
  CREATE TABLE receipt (
    room_id TEXT NOT NULL, person_id TEXT NOT NULL, event_id TEXT NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (room_id, person_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE person (id TEXT PRIMARY KEY, display_name TEXT, named_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE participant (
    room_id TEXT NOT NULL, person_id TEXT NOT NULL, role TEXT, PRIMARY KEY (room_id, person_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE out_of_band_member (room_id TEXT PRIMARY KEY, events TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE upload (transaction_id TEXT PRIMARY KEY, mxc TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE sent (transaction_id TEXT PRIMARY KEY, event_id TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE emit_queue (id INTEGER PRIMARY KEY AUTOINCREMENT, events TEXT NOT NULL) STRICT;
`;

const waitingSchema = `
  CREATE TABLE waiting_event (
    event_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, session_id TEXT NOT NULL, raw TEXT NOT NULL, reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX waiting_event_session ON waiting_event (room_id, session_id);
`;

/** The address of somebody's picture. */
const pictureSchema = 'ALTER TABLE person ADD COLUMN avatar TEXT;';

/** The thread a message belongs to, so that an answer stays in it. */
const threadSchema = 'ALTER TABLE event ADD COLUMN thread TEXT;';

/** Where a thread goes on: the last of its answers. */
const threadIndex = 'CREATE INDEX event_thread ON event (thread, sent_at_ms) WHERE thread IS NOT NULL;';

/** Which events came encrypted, since when rooms are, and whose messages were told with a sign. */
const shieldSchema = `
  ALTER TABLE event ADD COLUMN is_encrypted INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE room_encryption (room_id TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO room_encryption SELECT room_id, CAST(json_extract(event, '$.origin_server_ts') AS INTEGER) FROM room_state
    WHERE type = 'm.room.encryption' AND state_key = '' AND json_type(event, '$.origin_server_ts') IN ('integer', 'real');
  CREATE TABLE shielded_event (event_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, sender TEXT NOT NULL, shield TEXT NOT NULL) STRICT;
  CREATE INDEX shielded_event_sender ON shielded_event (sender);
`;

const open = (path: string): MatrixDatabase => {
  const database = new Sqlite(path);
  try {
    // A second process on the same account gets SQLITE_BUSY instead of a second sync.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    // FULL: a batch handed to the engine must never be rolled back here by a power cut.
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = ON');
    database.pragma('trusted_schema = OFF');
    const version = database.pragma('user_version', { simple: true });
    if (typeof version === 'number' && version < schemaVersion) {
      database.transaction(() => {
        if (version < 1) database.exec(schema);
        if (version < 2) database.exec(waitingSchema);
        if (version < 3) database.exec(pictureSchema);
        if (version < 4) database.exec(threadSchema);
        if (version < 5) database.exec(threadIndex);
        if (version < 6) database.exec(shieldSchema);
        database.pragma(`user_version = ${schemaVersion}`);
      })();
    } else if (version !== schemaVersion) {
      throw Object.assign(new Error('store of another version'), { code: 'SQLITE_NOTADB' });
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

const damageCodes: ReadonlySet<string> = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

const isDamage = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && [...damageCodes].some((prefix) => code.startsWith(prefix));
};

/**
 * Opens the store, makes it when absent. A damaged one is set aside: the server has everything that was in it.
 * @throws when another process holds it (`SQLITE_BUSY`) or the disk refuses.
 */
export const openDatabase = (path: string): MatrixDatabase => {
  try {
    return open(path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    rmSync(`${path}-wal`, { force: true });
    renameSync(path, `${path}.damaged`);
    return open(path);
  }
};
