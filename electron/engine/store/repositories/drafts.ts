import type { ConversationId, ThreadId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';
import { runDurably } from '../transaction.ts';

/** What a person began to write, one text per conversation and per thread. */
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

  /** The text, or '' when there is none. */
  ofThread: (db: ReadableDb, threadId: ThreadId): string =>
    readOne<{ text: string }>(db, 'SELECT text FROM thread_drafts WHERE thread_id = ?', threadId)?.text ?? '',

  /** Those of these threads in which something was begun. */
  begunIn: (db: ReadableDb, threadIds: readonly ThreadId[]): ReadonlySet<ThreadId> =>
    new Set(
      readAll<{ id: ThreadId }>(
        db,
        'SELECT thread_id AS id FROM json_each(?) AS wanted JOIN thread_drafts ON thread_id = wanted.value',
        JSON.stringify(threadIds),
      ).map(({ id }) => id),
    ),

  /** An empty text removes the draft. */
  setOfThread: (db: WritableDb, threadId: ThreadId, text: string, nowMs: number): void =>
    runDurably(db, () => {
      if (text === '') {
        change(db, 'DELETE FROM thread_drafts WHERE thread_id = ?', threadId);
        return;
      }
      change(
        db,
        `INSERT INTO thread_drafts (thread_id, text, updated_at_ms) VALUES (?, ?, ?)
         ON CONFLICT (thread_id) DO UPDATE SET text = excluded.text, updated_at_ms = excluded.updated_at_ms`,
        threadId,
        text,
        nowMs,
      );
    }),
};
