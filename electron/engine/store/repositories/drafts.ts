import type { ConversationId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readOne } from '../statements.ts';
import { runDurably } from '../transaction.ts';

/** What a person began to write, one text per conversation. */
export const drafts = {
  /** The text, or '' when there is none. */
  get: (db: ReadableDb, conversationId: ConversationId): string =>
    readOne<{ text: string }>(db, 'SELECT text FROM drafts WHERE conversation_id = ?', conversationId)?.text ?? '',

  /** An empty text removes the draft. */
  set: (db: WritableDb, conversationId: ConversationId, text: string, nowMs: number): void =>
    runDurably(db, () => {
      if (text === '') {
        change(db, 'DELETE FROM drafts WHERE conversation_id = ?', conversationId);
        return;
      }
      change(
        db,
        `INSERT INTO drafts (conversation_id, text, updated_at_ms) VALUES (?, ?, ?)
         ON CONFLICT (conversation_id) DO UPDATE SET text = excluded.text, updated_at_ms = excluded.updated_at_ms`,
        conversationId,
        text,
        nowMs,
      );
    }),
};
