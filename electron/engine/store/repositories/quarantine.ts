import type { AccountId } from '#model';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';

export interface QuarantinedEvent {
  readonly eventType: string;
  readonly reason: string;
  readonly event: string;
  readonly atMs: number;
}

const maxEventLength = 65_536;
const keptEvents = 1_000;

/** Events that broke a rule of the contract, kept for whoever mends the bridge. */
export const quarantine = {
  add: (db: WritableDb, accountId: AccountId, event: unknown, error: unknown, nowMs: number): void => {
    const { insertedId } = change(
      db,
      'INSERT INTO quarantine (account_id, event_type, reason, event, at_ms) VALUES (?, ?, ?, ?, ?)',
      accountId,
      typeOf(event),
      (error instanceof Error ? error.message : String(error)).slice(0, 500),
      describe(event).slice(0, maxEventLength),
      nowMs,
    );
    change(db, 'DELETE FROM quarantine WHERE id <= ?', insertedId - keptEvents);
  },

  list: (db: ReadableDb, accountId: AccountId): QuarantinedEvent[] =>
    readAll<QuarantinedEvent>(
      db,
      `SELECT event_type AS eventType, reason, event, at_ms AS atMs FROM quarantine WHERE account_id = ? ORDER BY id`,
      accountId,
    ),
};

function typeOf(event: unknown): string {
  const type: unknown = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
  return typeof type === 'string' ? type.slice(0, 100) : 'unknown';
}

/** What can be written down of it: a poisoned event may not even be JSON. */
function describe(event: unknown): string {
  try {
    return JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) ?? 'undefined';
  } catch {
    return 'not serialisable';
  }
}
