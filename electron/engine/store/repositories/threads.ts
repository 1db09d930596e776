import type { RemoteMessageId } from '#model';
import type { ConversationId, MessageId, ThreadId, ThreadSummary } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';
import { nameKey } from './messages.ts';

export interface ThreadRecord {
  readonly id: ThreadId;
  readonly conversationId: ConversationId;
  readonly rootRemoteId: RemoteMessageId;
  readonly readUpToKey: number;
  readonly unreadCount: number;
}

const columns = `threads.id, threads.conversation_id AS conversationId, root_remote_id AS rootRemoteId,
  read_up_to_key AS readUpToKey, unread_count AS unreadCount`;

/** A condition on `messages`: it stands in no thread. */
export const inNoThread = 'NOT EXISTS (SELECT 1 FROM message_threads WHERE message_threads.message_id = messages.id)';

const ofRoots = `
  SELECT messages.id AS messageId, threads.id, unread_count AS unreadCount,
    count(answers.id) AS answerCount, max(answers.sent_at_ms) AS lastAtMs
  FROM json_each(?) AS wanted
  JOIN messages ON messages.id = wanted.value
  JOIN threads ON threads.root_key = messages.remote_key AND threads.root_remote_id = messages.remote_id
    AND threads.conversation_id = messages.conversation_id
  JOIN message_threads ON message_threads.thread_id = threads.id
  JOIN messages AS answers ON answers.id = message_threads.message_id AND answers.deleted_at_ms IS NULL
  GROUP BY messages.id, threads.id`;

/** Answers to one message, kept together, with how far we read them. */
export const threads = {
  get: (db: ReadableDb, id: ThreadId): ThreadRecord | null =>
    readOne<ThreadRecord>(db, `SELECT ${columns} FROM threads WHERE id = ?`, id) ?? null,

  find: (db: ReadableDb, conversationId: ConversationId, root: RemoteMessageId): ThreadRecord | null =>
    readOne<ThreadRecord>(db, `SELECT ${columns} FROM threads WHERE conversation_id = ? AND root_remote_id = ?`, conversationId, root) ?? null,

  /** Finds it, or makes it without an answer. */
  ensure: (db: WritableDb, conversationId: ConversationId, root: RemoteMessageId): ThreadRecord => {
    const known = threads.find(db, conversationId, root);
    if (known !== null) return known;
    const { insertedId } = change(
      db,
      'INSERT INTO threads (conversation_id, root_remote_id, root_key) VALUES (?, ?, ?)',
      conversationId,
      root,
      nameKey(conversationId, root),
    );
    return { id: insertedId as ThreadId, conversationId, rootRemoteId: root, readUpToKey: 0, unreadCount: 0 };
  },

  /** False: it is an answer already. */
  addAnswer: (db: WritableDb, id: ThreadId, messageId: MessageId): boolean =>
    change(db, 'INSERT INTO message_threads (message_id, thread_id) VALUES (?, ?) ON CONFLICT DO NOTHING', messageId, id).changes === 1,

  /** The thread a message answers in. */
  ofAnswer: (db: ReadableDb, messageId: MessageId): ThreadRecord | null =>
    readOne<ThreadRecord>(
      db,
      `SELECT ${columns} FROM message_threads JOIN threads ON threads.id = thread_id WHERE message_id = ?`,
      messageId,
    ) ?? null,

  /** The thread each of these messages answers in; those in none are left out. */
  ofAnswers: (db: ReadableDb, ids: readonly MessageId[]): Map<MessageId, ThreadId> =>
    new Map(
      readAll<{ messageId: MessageId; threadId: ThreadId }>(
        db,
        `SELECT message_id AS messageId, thread_id AS threadId
         FROM json_each(?) AS wanted JOIN message_threads ON message_threads.message_id = wanted.value`,
        JSON.stringify(ids),
      ).map(({ messageId, threadId }) => [messageId, threadId]),
    ),

  /** The threads that these messages began and that have an answer. */
  ofRoots: (db: ReadableDb, ids: readonly MessageId[]): Map<MessageId, ThreadSummary> =>
    new Map(
      readAll<ThreadSummary & { messageId: MessageId }>(db, ofRoots, JSON.stringify(ids)).map(({ messageId, ...summary }) => [messageId, summary]),
    ),

  /** The message that began it, if it is here. */
  rootOf: (db: ReadableDb, { conversationId, rootRemoteId }: Pick<ThreadRecord, 'conversationId' | 'rootRemoteId'>): MessageId | null =>
    readOne<{ id: MessageId }>(
      db,
      'SELECT id FROM messages WHERE remote_key = ? AND remote_id = ? AND conversation_id = ?',
      nameKey(conversationId, rootRemoteId),
      rootRemoteId,
      conversationId,
    )?.id ?? null,

  /** Those with an answer, unread ones first, then by their last answer. */
  ofConversation: (db: ReadableDb, conversationId: ConversationId, limit: number): (ThreadSummary & { readonly rootRemoteId: RemoteMessageId })[] =>
    readAll(
      db,
      `SELECT threads.id, root_remote_id AS rootRemoteId, unread_count AS unreadCount, count(*) AS answerCount, max(sent_at_ms) AS lastAtMs
       FROM threads JOIN message_threads ON thread_id = threads.id
       JOIN messages ON messages.id = message_id AND deleted_at_ms IS NULL
       WHERE threads.conversation_id = ? GROUP BY threads.id
       ORDER BY unread_count > 0 DESC, lastAtMs DESC LIMIT ?`,
      conversationId,
      limit,
    ),

  /** How many threads there are, and answers that we did not read in all of them. */
  countOf: (db: ReadableDb, conversationId: ConversationId): { readonly count: number; readonly unreadCount: number } =>
    readOne<{ count: number; unreadCount: number }>(
      db,
      `SELECT count(*) AS count, coalesce(sum(unread_count), 0) AS unreadCount FROM threads
       WHERE conversation_id = ? AND EXISTS (SELECT 1 FROM message_threads WHERE thread_id = threads.id)`,
      conversationId,
    ) ?? { count: 0, unreadCount: 0 },

  /** An answer of somebody else that is news. What was there before the first of them counts as read. */
  countUnread: (db: WritableDb, { id, readUpToKey }: ThreadRecord, sortKey: number): boolean => {
    if (sortKey <= readUpToKey) return false;
    change(
      db,
      'UPDATE threads SET unread_count = unread_count + 1, read_up_to_key = CASE read_up_to_key WHEN 0 THEN ? ELSE read_up_to_key END WHERE id = ?',
      sortKey - 1,
      id,
    );
    return true;
  },

  /** Moves the read mark forward and counts again. Says how many fewer are unread now. */
  markRead: (db: WritableDb, { id, unreadCount }: ThreadRecord, sortKey: number): number => {
    change(db, 'UPDATE threads SET read_up_to_key = max(read_up_to_key, ?) WHERE id = ?', sortKey, id);
    if (unreadCount === 0) return 0;
    change(
      db,
      `UPDATE threads SET unread_count = min(unread_count,
         (SELECT count(*) FROM message_threads JOIN messages ON messages.id = message_id
          WHERE thread_id = threads.id AND sort_key > read_up_to_key AND is_own = 0 AND deleted_at_ms IS NULL))
       WHERE id = ?`,
      id,
    );
    return unreadCount - (threads.get(db, id)?.unreadCount ?? 0);
  },

  /** Those of a conversation with something unread. */
  unreadOf: (db: ReadableDb, conversationId: ConversationId): ThreadRecord[] =>
    readAll<ThreadRecord>(db, `SELECT ${columns} FROM threads WHERE conversation_id = ? AND unread_count > 0`, conversationId),
};
