import type { ConnectionId, ConversationId, Fault, MessageId, PushId, PushRow, PushState } from '#rpc';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { change, readAll, readOne } from '../../store/statements.ts';
import { isTakenBack } from '../../store/taken-back.ts';

interface SqlRow {
  readonly id: PushId;
  readonly connection_id: ConnectionId;
  readonly connector_id: string;
  readonly connection_name: string;
  readonly conversation_id: ConversationId;
  readonly conversation_title: string;
  readonly state: PushState;
  readonly target_title: string;
  readonly url: string | null;
  readonly message_count: number;
  readonly file_count: number;
  readonly fault: string | null;
  readonly attempts: number;
  readonly next_attempt_at_ms: number | null;
  readonly undo_until_ms: number | null;
  readonly created_at_ms: number;
  readonly done_at_ms: number | null;
  readonly is_taken_back: number;
}

const selectPush = `SELECT pushes.*, conversations.title AS conversation_title,
    state = 'done' AND ${isTakenBack} AS is_taken_back
  FROM pushes JOIN conversations ON conversations.id = pushes.conversation_id`;

const toRow = (row: SqlRow): PushRow => ({
  id: row.id,
  connectionId: row.connection_id,
  connectionName: row.connection_name,
  connectorId: row.connector_id,
  conversationId: row.conversation_id,
  conversationTitle: row.conversation_title,
  state: row.state,
  targetTitle: row.target_title,
  messageCount: row.message_count,
  fileCount: row.file_count,
  url: row.url,
  fault: row.fault === null ? null : (JSON.parse(row.fault) as Fault),
  attempts: row.attempts,
  nextAttemptAtMs: row.next_attempt_at_ms,
  createdAtMs: row.created_at_ms,
  doneAtMs: row.done_at_ms,
  undoUntilMs: row.state === 'undoable' ? row.undo_until_ms : null,
  isTakenBack: row.is_taken_back === 1,
});

export interface NewPush {
  readonly connectionId: ConnectionId;
  readonly connectorId: string;
  readonly connectionName: string;
  readonly conversationId: ConversationId;
  readonly targetTitle: string;
  readonly url: string | null;
  readonly messageCount: number;
  readonly fileCount: number;
  readonly anchorMessageId: MessageId | null;
  readonly undoUntilMs: number;
  readonly createdAtMs: number;
}

export interface PushPatch {
  readonly state: PushState;
  readonly fault?: Fault | null | undefined;
  readonly nextAttemptAtMs?: number | null | undefined;
  /** One more attempt was made. */
  readonly hasAttempted?: boolean | undefined;
}

/** Pushes as the interface sees them. */
export const pushRows = {
  get: (db: ReadableDb, id: PushId): PushRow | null => {
    const row = readOne<SqlRow>(db, `${selectPush} WHERE pushes.id = ?`, id);
    return row ? toRow(row) : null;
  },

  /** Open ones first, oldest first among them; then the finished, newest first. */
  queue: (db: ReadableDb, limit: number): readonly PushRow[] => {
    const open = readAll<SqlRow>(db, `${selectPush} WHERE state NOT IN ('done', 'cancelled') ORDER BY pushes.id LIMIT ?`, limit);
    const closed = readAll<SqlRow>(
      db,
      `${selectPush} WHERE state IN ('done', 'cancelled') ORDER BY pushes.id DESC LIMIT ?`,
      limit - open.length,
    );
    return [...open, ...closed].map(toRow);
  },

  open: (db: ReadableDb): readonly PushRow[] =>
    readAll<SqlRow>(db, `${selectPush} WHERE state NOT IN ('done', 'cancelled') ORDER BY pushes.id`).map(toRow),

  openOf: (db: ReadableDb, connectionId: ConnectionId, conversationId: ConversationId): readonly PushRow[] =>
    pushRows.open(db).filter((push) => push.connectionId === connectionId && push.conversationId === conversationId),

  add: (db: WritableDb, push: NewPush): PushId =>
    change(
      db,
      `INSERT INTO pushes (connection_id, connector_id, connection_name, conversation_id, state, target_title, url,
         message_count, file_count, anchor_message_id, undo_until_ms, next_attempt_at_ms, created_at_ms)
       VALUES (?, ?, ?, ?, 'undoable', ?, ?, ?, ?, ?, ?, ?, ?)`,
      push.connectionId,
      push.connectorId,
      push.connectionName,
      push.conversationId,
      push.targetTitle,
      push.url,
      push.messageCount,
      push.fileCount,
      push.anchorMessageId,
      push.undoUntilMs,
      push.undoUntilMs,
      push.createdAtMs,
    ).insertedId as PushId,

  setState: (db: WritableDb, id: PushId, { state, fault = null, nextAttemptAtMs = null, hasAttempted = false }: PushPatch): void => {
    change(
      db,
      'UPDATE pushes SET state = ?, fault = ?, next_attempt_at_ms = ?, attempts = attempts + ? WHERE id = ?',
      state,
      fault === null ? null : JSON.stringify(fault),
      nextAttemptAtMs,
      Number(hasAttempted),
      id,
    );
  },

  setTarget: (db: WritableDb, id: PushId, title: string, url: string | null): void => {
    change(db, 'UPDATE pushes SET target_title = ?, url = ? WHERE id = ?', title, url, id);
  },

  finish: (
    db: WritableDb,
    id: PushId,
    given: { readonly atMs: number; readonly fileCount: number; readonly lineMessageId: MessageId; readonly fault: Fault | null },
  ): void => {
    change(
      db,
      `UPDATE pushes SET state = 'done', fault = ?, next_attempt_at_ms = NULL, done_at_ms = ?, file_count = ?,
         line_message_id = ? WHERE id = ?`,
      given.fault === null ? null : JSON.stringify(given.fault),
      given.atMs,
      given.fileCount,
      given.lineMessageId,
      id,
    );
  },

  /** What was being sent when the engine ended is looked at again, at once. */
  recover: (db: WritableDb): void => {
    change(db, `UPDATE pushes SET state = 'waiting', next_attempt_at_ms = 0 WHERE state = 'sending'`);
  },

  /** The newest push of a conversation that messages are still tagged with. */
  newestTagged: (db: ReadableDb, id: ConversationId): PushRow | null => {
    const row = readOne<SqlRow>(
      db,
      `${selectPush} WHERE conversation_id = ? AND state = 'done'
         AND EXISTS (SELECT 1 FROM pushed_messages WHERE push_id = pushes.id) ORDER BY pushes.id DESC LIMIT 1`,
      id,
    );
    return row ? toRow(row) : null;
  },

  lineOf: (db: ReadableDb, id: PushId): MessageId | null =>
    readOne<{ line: MessageId | null }>(db, 'SELECT line_message_id AS line FROM pushes WHERE id = ?', id)?.line ?? null,

  anchorOf: (db: ReadableDb, id: PushId): MessageId | null =>
    readOne<{ anchor: MessageId | null }>(db, 'SELECT anchor_message_id AS anchor FROM pushes WHERE id = ?', id)?.anchor ?? null,
};
