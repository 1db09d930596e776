import type { BridgeEvent } from '#bridge';
import type { AccountId } from '#model';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';

/** A server that names messages which never come must not fill the disk. */
const keptEvents = 5_000;
const maxEventLength = 65_536;

/** Edits, reactions, deletions and receipts whose message has not come yet. */
export const pendingEffects = {
  /** Which messages are waited for, as keys. */
  keys: (db: ReadableDb, accountId: AccountId): Set<number> =>
    new Set(
      readAll<{ key: number }>(
        db,
        'SELECT DISTINCT target_key AS key FROM pending_effects WHERE account_id = ?',
        accountId,
      ).map((row) => row.key),
    ),

  add: (db: WritableDb, accountId: AccountId, targetKey: number, event: BridgeEvent, nowMs: number): void => {
    const text = JSON.stringify(event);
    if (text.length > maxEventLength) return;
    const { insertedId } = change(
      db,
      'INSERT INTO pending_effects (account_id, target_key, event, created_at_ms) VALUES (?, ?, ?, ?)',
      accountId,
      targetKey,
      text,
      nowMs,
    );
    change(db, 'DELETE FROM pending_effects WHERE account_id = ? AND id <= ?', accountId, insertedId - keptEvents);
  },

  /** Takes out what waits for a key, oldest first. */
  take: (db: WritableDb, accountId: AccountId, targetKey: number): BridgeEvent[] => {
    const rows = readAll<{ event: string }>(
      db,
      'SELECT event FROM pending_effects WHERE account_id = ? AND target_key = ? ORDER BY id',
      accountId,
      targetKey,
    );
    change(db, 'DELETE FROM pending_effects WHERE account_id = ? AND target_key = ?', accountId, targetKey);
    return rows.map((row) => JSON.parse(row.event) as BridgeEvent);
  },
};
