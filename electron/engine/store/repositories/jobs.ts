import type { Json } from '#bridge';
import type { AccountId } from '#model';
import type { ConversationId, Fault, JobId, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';
import { runDurably } from '../transaction.ts';

export type JobState = 'waiting' | 'running' | 'failed' | 'done';

export interface JobRecord {
  readonly id: JobId;
  readonly key: string;
  readonly kind: string;
  readonly lane: string;
  readonly accountId: AccountId | null;
  readonly conversationId: ConversationId | null;
  readonly messageId: MessageId | null;
  readonly payload: Json;
  readonly state: JobState;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly fault: Fault | null;
  readonly createdAtMs: number;
}

export interface NewJob {
  /** Makes a repeated request harmless: a second job with the same key is not added. */
  readonly key: string;
  readonly kind: string;
  /** Jobs of one lane run one after another, in the order they were added. */
  readonly lane: string;
  readonly accountId?: AccountId | undefined;
  readonly conversationId?: ConversationId | undefined;
  readonly messageId?: MessageId | undefined;
  readonly payload: Json;
  readonly notBeforeMs?: number | undefined;
  readonly createdAtMs: number;
}

interface Row {
  id: number;
  key: string;
  kind: string;
  lane: string;
  account_id: number | null;
  conversation_id: number | null;
  message_id: number | null;
  payload: string;
  state: JobState;
  attempts: number;
  not_before_ms: number;
  fault: string | null;
  created_at_ms: number;
}

const toRecord = (row: Row): JobRecord => ({
  id: row.id as JobId,
  key: row.key,
  kind: row.kind,
  lane: row.lane,
  accountId: row.account_id as AccountId | null,
  conversationId: row.conversation_id as ConversationId | null,
  messageId: row.message_id as MessageId | null,
  payload: JSON.parse(row.payload) as Json,
  state: row.state,
  attempts: row.attempts,
  notBeforeMs: row.not_before_ms,
  fault: row.fault === null ? null : (JSON.parse(row.fault) as Fault),
  createdAtMs: row.created_at_ms,
});

const toText = (fault: Fault | null): string | null => (fault ? JSON.stringify(fault) : null);

/** The outbox. A job and the row it is about are written in one durable transaction. */
export const jobs = {
  /** Adds a job; one with the same key that is there already is returned instead. */
  add: (db: WritableDb, job: NewJob): JobRecord =>
    runDurably(db, () => {
      change(
        db,
        `INSERT INTO jobs (key, kind, lane, account_id, conversation_id, message_id, payload, not_before_ms, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
        job.key,
        job.kind,
        job.lane,
        job.accountId ?? null,
        job.conversationId ?? null,
        job.messageId ?? null,
        JSON.stringify(job.payload),
        job.notBeforeMs ?? 0,
        job.createdAtMs,
      );
      return toRecord(readOne<Row>(db, 'SELECT * FROM jobs WHERE key = ?', job.key) as Row);
    }),

  get: (db: ReadableDb, id: JobId): JobRecord | null => {
    const row = readOne<Row>(db, 'SELECT * FROM jobs WHERE id = ?', id);
    return row ? toRecord(row) : null;
  },

  findByKey: (db: ReadableDb, key: string): JobRecord | null => {
    const row = readOne<Row>(db, 'SELECT * FROM jobs WHERE key = ?', key);
    return row ? toRecord(row) : null;
  },

  ofMessage: (db: ReadableDb, messageId: MessageId): JobRecord[] =>
    readAll<Row>(db, 'SELECT * FROM jobs WHERE message_id = ? ORDER BY id', messageId).map(toRecord),

  /** The first open job of every lane: the only one of it that may run. */
  heads: (db: ReadableDb): JobRecord[] =>
    readAll<Row>(
      db,
      `SELECT * FROM jobs WHERE id IN
         (SELECT min(id) FROM jobs WHERE state IN ('waiting', 'running') GROUP BY lane)
       ORDER BY id`,
    ).map(toRecord),

  /** Waiting and running ones, oldest first. */
  listOpen: (db: ReadableDb): JobRecord[] =>
    readAll<Row>(db, `SELECT * FROM jobs WHERE state IN ('waiting', 'running') ORDER BY lane, id`).map(toRecord),

  /** Counts an attempt; false when somebody took or cancelled it meanwhile. */
  take: (db: WritableDb, id: JobId): boolean =>
    runDurably(
      db,
      () =>
        change(db, `UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = ? AND state = 'waiting'`, id)
          .changes === 1,
    ),

  /** Back to waiting, until the given time at the earliest. */
  postpone: (db: WritableDb, id: JobId, notBeforeMs: number, fault: Fault | null): void => {
    runDurably(db, () =>
      change(
        db,
        `UPDATE jobs SET state = 'waiting', not_before_ms = ?, fault = ? WHERE id = ?`,
        notBeforeMs,
        toText(fault),
        id,
      ),
    );
  },

  /** Done, or failed for good when a fault is given. */
  finish: (db: WritableDb, id: JobId, fault: Fault | null, nowMs: number): void => {
    runDurably(db, () =>
      change(
        db,
        'UPDATE jobs SET state = ?, fault = ?, finished_at_ms = ? WHERE id = ?',
        fault ? 'failed' : 'done',
        toText(fault),
        nowMs,
        id,
      ),
    );
  },

  /** A person asks again: a failed job waits anew, with its key and payload as they were. */
  retry: (db: WritableDb, id: JobId): boolean =>
    runDurably(
      db,
      () =>
        change(
          db,
          `UPDATE jobs SET state = 'waiting', not_before_ms = 0, fault = NULL, finished_at_ms = NULL
           WHERE id = ? AND state = 'failed'`,
          id,
        ).changes === 1,
    ),

  /** Takes a job back that does not run now. */
  cancel: (db: WritableDb, id: JobId): boolean =>
    runDurably(db, () => change(db, `DELETE FROM jobs WHERE id = ? AND state IN ('waiting', 'failed')`, id).changes === 1),

  /** After a start: what ran when the engine ended waits again. */
  requeueRunning: (db: WritableDb): number =>
    runDurably(db, () => change(db, `UPDATE jobs SET state = 'waiting' WHERE state = 'running'`).changes),

  /** Forgets jobs that were done before the given time. Failed ones stay until a person decides. */
  prune: (db: WritableDb, finishedBeforeMs: number): number =>
    runDurably(
      db,
      () => change(db, `DELETE FROM jobs WHERE finished_at_ms < ? AND state = 'done'`, finishedBeforeMs).changes,
    ),
};
