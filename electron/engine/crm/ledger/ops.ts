import type { PushId } from '#rpc';
import type { ObjectRole, RemoteRef } from '../connector.ts';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { change, readAll, readOne } from '../../store/statements.ts';
import { runDurably } from '../../store/transaction.ts';

export interface Op {
  readonly key: string;
  readonly role: ObjectRole;
  readonly state: 'inflight' | 'done' | 'skipped' | 'withdrawn';
  readonly isAdopted: boolean;
  readonly remote: RemoteRef | null;
  readonly parent: RemoteRef | null;
  /** How often it went out, or may have. */
  readonly attempts: number;
  readonly bodySha256: string | null;
}

interface SqlRow {
  readonly key: string;
  readonly role: ObjectRole;
  readonly state: Op['state'];
  readonly is_adopted: number;
  readonly remote: string | null;
  readonly parent: string | null;
  readonly attempts: number;
  readonly body_sha256: string | null;
}

const toOp = (row: SqlRow): Op => ({
  key: row.key,
  role: row.role,
  state: row.state,
  isAdopted: row.is_adopted === 1,
  remote: row.remote === null ? null : (JSON.parse(row.remote) as RemoteRef),
  parent: row.parent === null ? null : (JSON.parse(row.parent) as RemoteRef),
  attempts: row.attempts,
  bodySha256: row.body_sha256,
});

/** The write-ahead ledger of single objects. */
export const ops = {
  get: (db: ReadableDb, pushId: PushId, key: string): Op | null => {
    const row = readOne<SqlRow>(db, 'SELECT * FROM crm_ops WHERE push_id = ? AND key = ?', pushId, key);
    return row ? toOp(row) : null;
  },

  ofPush: (db: ReadableDb, pushId: PushId): readonly Op[] =>
    readAll<SqlRow>(db, 'SELECT * FROM crm_ops WHERE push_id = ?', pushId).map(toOp),

  /** On the disk before the request leaves. */
  begin: (db: WritableDb, pushId: PushId, key: string, role: ObjectRole, bodySha256: string | null): void => {
    runDurably(db, () =>
      change(
        db,
        `INSERT INTO crm_ops (push_id, key, role, state, body_sha256, attempts) VALUES (?, ?, ?, 'inflight', ?, 1)
         ON CONFLICT (push_id, key) DO UPDATE SET state = 'inflight', attempts = attempts + 1`,
        pushId,
        key,
        role,
        bodySha256,
      ),
    );
  },

  settle: (
    db: WritableDb,
    pushId: PushId,
    op: { readonly key: string; readonly role: ObjectRole; readonly state: Op['state']; readonly isAdopted: boolean; readonly remote: RemoteRef | null; readonly parent: RemoteRef | null },
  ): void => {
    change(
      db,
      `INSERT INTO crm_ops (push_id, key, role, state, is_adopted, remote, parent) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (push_id, key) DO UPDATE SET state = excluded.state, is_adopted = excluded.is_adopted,
         remote = excluded.remote, parent = excluded.parent`,
      pushId,
      op.key,
      op.role,
      op.state,
      Number(op.isAdopted),
      op.remote === null ? null : JSON.stringify(op.remote),
      op.parent === null ? null : JSON.stringify(op.parent),
    );
  },

  /** Nothing has gone out: the push can be taken back without a trace. */
  hasStarted: (db: ReadableDb, pushId: PushId): boolean =>
    readOne(db, 'SELECT 1 FROM crm_ops WHERE push_id = ? LIMIT 1', pushId) !== undefined,
};
