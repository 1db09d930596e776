import type { ConnectionId, ConnectionRow, Fault, FollowUpOptions, PushRule, RedactionSettings } from '#rpc';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { allHidden } from '../redaction/find-secrets.ts';
import { change, readAll, readOne } from '../../store/statements.ts';
import { runDurably } from '../../store/transaction.ts';

/** A connection with the fields that are no secret. */
export interface ConnectionRecord extends ConnectionRow {
  readonly redaction: RedactionSettings;
  readonly values: Readonly<Record<string, string>>;
  readonly pausedUntilMs: number;
  readonly isPushedWhenDone: boolean;
  /** Minutes after midnight of the person's own day; null: never. */
  readonly eveningMinute: number | null;
  /** The last day whose evening was taken care of. */
  readonly eveningDay: string | null;
  readonly rules: readonly PushRule[];
}

interface SqlRow {
  readonly id: ConnectionId;
  readonly connector_id: string;
  readonly name: string;
  readonly is_default: number;
  readonly is_one_click: number;
  readonly field_values: string;
  readonly state: ConnectionRow['state'];
  readonly fault: string | null;
  readonly paused_until_ms: number;
  readonly redaction: string | null;
  readonly is_pushed_when_done: number;
  readonly evening_minute: number | null;
  readonly evening_day: string | null;
  readonly rules: string | null;
}

const toRecord = (row: SqlRow): ConnectionRecord => ({
  id: row.id,
  connectorId: row.connector_id,
  name: row.name,
  isDefault: row.is_default === 1,
  isOneClick: row.is_one_click === 1,
  state: row.state,
  fault: row.fault === null ? null : (JSON.parse(row.fault) as Fault),
  values: JSON.parse(row.field_values) as Record<string, string>,
  pausedUntilMs: row.paused_until_ms,
  redaction: row.redaction === null ? allHidden : (JSON.parse(row.redaction) as RedactionSettings),
  isPushedWhenDone: row.is_pushed_when_done === 1,
  eveningMinute: row.evening_minute,
  eveningDay: row.evening_day,
  rules: row.rules === null ? [] : (JSON.parse(row.rules) as PushRule[]),
});

/** What the interface may see of a connection. */
export const toConnectionRow = (record: ConnectionRecord): ConnectionRow => {
  const { values, pausedUntilMs: _paused, isPushedWhenDone: _done, eveningMinute: _minute, eveningDay: _day, rules: _rules, ...row } = record;
  return (values['clientId'] ?? '') === '' ? row : { ...row, isBySignIn: true };
};

export const connections = {
  list: (db: ReadableDb): readonly ConnectionRecord[] =>
    readAll<SqlRow>(db, 'SELECT * FROM crm_connections ORDER BY id').map(toRecord),

  get: (db: ReadableDb, id: ConnectionId): ConnectionRecord | null => {
    const row = readOne<SqlRow>(db, 'SELECT * FROM crm_connections WHERE id = ?', id);
    return row ? toRecord(row) : null;
  },

  /** The default one, else the oldest. */
  preferred: (db: ReadableDb): ConnectionRecord | null => {
    const row = readOne<SqlRow>(db, 'SELECT * FROM crm_connections ORDER BY is_default DESC, id LIMIT 1');
    return row ? toRecord(row) : null;
  },

  /** The first one becomes the default. */
  add: (
    db: WritableDb,
    given: { readonly connectorId: string; readonly name: string; readonly values: Readonly<Record<string, string>>; readonly nowMs: number },
  ): ConnectionId =>
    runDurably(db, () => {
      const { insertedId } = change(
        db,
        `INSERT INTO crm_connections (connector_id, name, field_values, created_at_ms, is_default)
         VALUES (?, ?, ?, ?, NOT EXISTS (SELECT 1 FROM crm_connections))`,
        given.connectorId,
        given.name,
        JSON.stringify(given.values),
        given.nowMs,
      );
      return insertedId as ConnectionId;
    }),

  update: (
    db: WritableDb,
    id: ConnectionId,
    patch: {
      readonly name?: string | undefined;
      readonly isDefault?: boolean | undefined;
      readonly isOneClick?: boolean | undefined;
      readonly redaction?: RedactionSettings | undefined;
    },
  ): void => {
    runDurably(db, () => {
      if (patch.isDefault === true) change(db, 'UPDATE crm_connections SET is_default = 0 WHERE is_default = 1 AND id <> ?', id);
      change(
        db,
        `UPDATE crm_connections SET name = COALESCE(?, name), is_default = COALESCE(?, is_default),
           is_one_click = COALESCE(?, is_one_click), redaction = COALESCE(?, redaction) WHERE id = ?`,
        patch.name ?? null,
        patch.isDefault === undefined ? null : Number(patch.isDefault),
        patch.isOneClick === undefined ? null : Number(patch.isOneClick),
        patch.redaction === undefined ? null : JSON.stringify(patch.redaction),
        id,
      );
    });
  },

  setFollowUp: (db: WritableDb, id: ConnectionId, options: FollowUpOptions, eveningDay: string | null): void => {
    runDurably(db, () =>
      change(
        db,
        'UPDATE crm_connections SET is_pushed_when_done = ?, evening_minute = ?, evening_day = ?, rules = ? WHERE id = ?',
        Number(options.isPushedWhenDone),
        options.eveningMinute,
        eveningDay,
        options.rules.length === 0 ? null : JSON.stringify(options.rules),
        id,
      ),
    );
  },

  setEveningDay: (db: WritableDb, id: ConnectionId, day: string): void => {
    runDurably(db, () => change(db, 'UPDATE crm_connections SET evening_day = ? WHERE id = ?', day, id));
  },

  setValues: (db: WritableDb, id: ConnectionId, values: Readonly<Record<string, string>>): void => {
    runDurably(db, () => change(db, 'UPDATE crm_connections SET field_values = ? WHERE id = ?', JSON.stringify(values), id));
  },

  setState: (db: WritableDb, id: ConnectionId, state: ConnectionRow['state'], fault: Fault | null): boolean => {
    const text = fault === null ? null : JSON.stringify(fault);
    const { changes } = change(
      db,
      'UPDATE crm_connections SET state = ?, fault = ? WHERE id = ? AND (state <> ? OR fault IS NOT ?)',
      state,
      text,
      id,
      state,
      text,
    );
    return changes > 0;
  },

  pause: (db: WritableDb, id: ConnectionId, untilMs: number): void => {
    runDurably(db, () => change(db, 'UPDATE crm_connections SET paused_until_ms = ? WHERE id = ?', untilMs, id));
  },

  /** Links go along; the audit and what was pushed stay. The oldest of the others becomes the default. */
  remove: (db: WritableDb, id: ConnectionId): void => {
    runDurably(db, () => {
      change(db, 'DELETE FROM crm_connections WHERE id = ?', id);
      change(
        db,
        `UPDATE crm_connections SET is_default = 1 WHERE id = (SELECT min(id) FROM crm_connections)
           AND NOT EXISTS (SELECT 1 FROM crm_connections WHERE is_default = 1)`,
      );
    });
  },
};
