import type { ConversationId, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

/** Places where messages may be missing just before a known one. */
export const gaps = {
  /** The cursor that fills the hole before a message, or null when there is none. */
  cursorBefore: (db: ReadableDb, conversationId: ConversationId, beforeId: MessageId): string | null =>
    readOne<{ cursor: string }>(
      db,
      'SELECT cursor FROM gaps WHERE conversation_id = ? AND before_id = ?',
      conversationId,
      beforeId,
    )?.cursor ?? null,

  list: (db: ReadableDb, conversationId: ConversationId): { beforeId: MessageId; cursor: string }[] =>
    readAll<{ beforeId: MessageId; cursor: string }>(
      db,
      'SELECT before_id AS beforeId, cursor FROM gaps WHERE conversation_id = ? ORDER BY before_id',
      conversationId,
    ),

  set: (db: WritableDb, conversationId: ConversationId, beforeId: MessageId, cursor: string): void => {
    change(
      db,
      `INSERT INTO gaps (conversation_id, before_id, cursor) VALUES (?, ?, ?)
       ON CONFLICT (conversation_id, before_id) DO UPDATE SET cursor = excluded.cursor`,
      conversationId,
      beforeId,
      cursor,
    );
  },

  /** Forgets the hole a cursor stood for; says before which messages it was. */
  removeByCursor: (db: WritableDb, conversationId: ConversationId, cursor: string): MessageId[] =>
    readAll<{ id: MessageId }>(
      db,
      'DELETE FROM gaps WHERE conversation_id = ? AND cursor = ? RETURNING before_id AS id',
      conversationId,
      cursor,
    ).map((row) => row.id),

  removeBefore: (db: WritableDb, conversationId: ConversationId, beforeId: MessageId): boolean =>
    change(db, 'DELETE FROM gaps WHERE conversation_id = ? AND before_id = ?', conversationId, beforeId).changes === 1,
};
