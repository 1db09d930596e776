import type { ConversationId } from '#rpc';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { isDoneClause } from '../../store/repositories/done.ts';
import { change, readOne } from '../../store/statements.ts';

/** Which conversations a person has finished. One that the other side wrote in since is open again. */
export const doneMarks = {
  isDone: (db: ReadableDb, id: ConversationId): boolean =>
    readOne(db, `SELECT 1 FROM conversations WHERE id = ? AND ${isDoneClause}`, id) !== undefined,

  set: (db: WritableDb, id: ConversationId, doneAtMs: number | null): void => {
    if (doneAtMs === null) change(db, 'DELETE FROM conversation_done WHERE conversation_id = ?', id);
    else {
      change(
        db,
        'INSERT INTO conversation_done VALUES (?, ?) ON CONFLICT (conversation_id) DO UPDATE SET done_at_ms = excluded.done_at_ms',
        id,
        doneAtMs,
      );
    }
  },
};
