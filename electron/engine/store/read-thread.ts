import { toMessageColumns, type ConversationId, type MessageId, type ThreadPage, type ThreadRow } from '#rpc';
import type { ReadableDb } from './database.ts';
import { readMessageRows } from './read-message-page.ts';
import { readAll } from './statements.ts';
import { drafts } from './repositories/drafts.ts';
import { threads, type ThreadRecord } from './repositories/threads.ts';

const newest = `SELECT messages.id FROM message_threads JOIN messages ON messages.id = message_id
  WHERE thread_id = ?1 AND (?2 IS NULL OR (sort_key, messages.id) < (SELECT sort_key, id FROM messages WHERE id = ?2))
  ORDER BY sort_key DESC, messages.id DESC LIMIT ?3`;

/** A stretch of a thread: its newest answers, or those before one, with the message that began it. */
export function readThreadPage(db: ReadableDb, thread: ThreadRecord, before: MessageId | null, limit: number): ThreadPage {
  const ids = readAll<{ id: MessageId }>(db, newest, thread.id, before, limit + 1).map(({ id }) => id);
  const rows = readMessageRows(db, ids.slice(0, limit));
  const rootId = threads.rootOf(db, thread);
  return {
    id: thread.id,
    root: rootId === null ? null : (readMessageRows(db, [rootId])[0] ?? null),
    rows: toMessageColumns(rows),
    hasOlder: ids.length > limit,
    unreadCount: thread.unreadCount,
    draft: drafts.ofThread(db, thread.id),
  };
}

const mostThreads = 200;

/** Threads of a conversation for its list. */
export function readThreads(db: ReadableDb, conversationId: ConversationId): ThreadRow[] {
  const found = threads.ofConversation(db, conversationId, mostThreads);
  const rootIds = found.map(({ rootRemoteId }) => threads.rootOf(db, { conversationId, rootRemoteId }));
  const rows = new Map(readMessageRows(db, rootIds.filter((id) => id !== null)).map((row) => [row.id, row]));
  const begun = drafts.begunIn(db, found.map(({ id }) => id));
  return found.map(({ rootRemoteId: _remoteId, ...summary }, index) => {
    const rootId = rootIds[index] ?? null;
    return { ...summary, hasDraft: begun.has(summary.id), root: rootId === null ? null : (rows.get(rootId) ?? null) };
  });
}
