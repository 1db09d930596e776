import type { MessageRecord } from '../store/repositories/messages.ts';
import type { WritableDb } from '../store/database.ts';
import { change } from '../store/statements.ts';

/**
 * A message that waited took the network's time, which is later than when it was written. Those written after it
 * that still wait move along, so that a backlog keeps its order on the screen while it goes out.
 */
export function keepWaitingBehind(db: WritableDb, sent: MessageRecord, sortKey: number): void {
  if (sortKey <= sent.sortKey) return;
  change(
    db,
    `UPDATE messages SET sort_key = ? WHERE conversation_id = ? AND sort_key BETWEEN ? AND ?
       AND id > ? AND remote_id IS NULL AND delivery IN ('waiting', 'sending')`,
    sortKey,
    sent.conversationId,
    sent.sortKey,
    sortKey - 1,
    sent.id,
  );
}
