import type { AccountId } from '#model';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';

export interface SecurityEvent {
  readonly accountId: AccountId | null;
  readonly rule: string;
  readonly detail: string;
  readonly atMs: number;
}

/** A hostile server must not fill the disk with its tries. */
const keptEvents = 5_000;
const maxDetailLength = 500;

interface Row {
  account_id: number | null;
  rule: string;
  detail: string;
  at_ms: number;
}

/** What somebody tried and we refused. Never message text. */
export const securityEvents = {
  add: (db: WritableDb, event: SecurityEvent): void => {
    const { insertedId } = change(
      db,
      'INSERT INTO security_events (account_id, rule, detail, at_ms) VALUES (?, ?, ?, ?)',
      event.accountId,
      event.rule.slice(0, 100),
      event.detail.slice(0, maxDetailLength),
      event.atMs,
    );
    change(db, 'DELETE FROM security_events WHERE id <= ?', insertedId - keptEvents);
  },

  /** Newest first. */
  list: (db: ReadableDb, limit: number): SecurityEvent[] =>
    readAll<Row>(db, 'SELECT account_id, rule, detail, at_ms FROM security_events ORDER BY id DESC LIMIT ?', limit).map(
      (row) => ({ accountId: row.account_id as AccountId | null, rule: row.rule, detail: row.detail, atMs: row.at_ms }),
    ),
};
