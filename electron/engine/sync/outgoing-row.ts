import type { MessageKind, SendHints, TransactionId, VoiceNote } from '#model';
import type { ConversationId, MessageId, ThreadId } from '#rpc';
import type { ReadableDb, WritableDb } from '../store/database.ts';
import { messageIds } from '../store/message-id.ts';
import { addresses } from '../store/repositories/addresses.ts';
import { attachments } from '../store/repositories/attachments.ts';
import { moveReadMark } from '../store/repositories/conversations.ts';
import { messageHints } from '../store/repositories/message-hints.ts';
import { messages } from '../store/repositories/messages.ts';
import { replies } from '../store/repositories/replies.ts';
import { inNoThread, threads, type ThreadRecord } from '../store/repositories/threads.ts';
import { change, readOne } from '../store/statements.ts';
import { StoreError } from '../store/store-error.ts';
import type { ConversationState } from './conversation-state.ts';

/** A file of ours that goes along; its bytes lie in the profile's folder of files already. */
export interface OutgoingFile {
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  readonly fileName: string;
  readonly sha256: string;
  readonly widthPx?: number | undefined;
  readonly heightPx?: number | undefined;
  readonly thumbnail?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly voice?: VoiceNote | undefined;
}

export interface NewOutgoing {
  readonly conversationId: ConversationId;
  /** Carried over the wire; a second call with the same one adds nothing. */
  readonly transactionId: TransactionId;
  readonly text: string;
  readonly replyToId: MessageId | null;
  readonly file: OutgoingFile | null;
  readonly hints?: SendHints | undefined;
  /** Answers in this thread. */
  readonly threadId?: ThreadId | null | undefined;
  readonly nowMs: number;
}

/**
 * Who answers has read. The mark stands at the newest message of somebody else, not at ours: our clock may run
 * ahead, and what comes next must count as unread all the same.
 */
export function markAllRead(db: WritableDb, conversationId: ConversationId): void {
  const newest = readOne<{ id: MessageId; key: number }>(
    db,
    `SELECT id, sort_key AS key FROM messages INDEXED BY messages_by_conversation
     WHERE conversation_id = ? AND is_own = 0 AND ${inNoThread} ORDER BY sort_key DESC, id DESC LIMIT 1`,
    conversationId,
  );
  if (newest) moveReadMark(db, conversationId, newest.id, newest.key);
  change(db, 'UPDATE conversations SET unread_count = min(unread_count, ?) WHERE id = ?', threads.countOf(db, conversationId).unreadCount, conversationId);
}

/** Our answer in a thread: what stood there before is read. Says which message began it, if that is here. */
export function answerIn(db: WritableDb, threadId: ThreadId, messageId: MessageId): MessageId | null {
  const thread = threads.get(db, threadId);
  const message = messages.get(db, messageId);
  if (thread === null || message?.conversationId !== thread.conversationId) throw new StoreError('not-found', 'The thread is not in this conversation.');
  threads.addAnswer(db, threadId, messageId);
  readThreadUpTo(db, thread, message.sortKey);
  return threads.rootOf(db, thread);
}

/** Moves the mark of a thread; its conversation counts that much less. */
export function readThreadUpTo(db: WritableDb, thread: ThreadRecord, sortKey: number): void {
  const fewer = threads.markRead(db, thread, sortKey);
  change(db, 'UPDATE conversations SET unread_count = max(unread_count - ?, 0) WHERE id = ?', fewer, thread.conversationId);
}

/** The row of a message that waits, at the end of its conversation. */
export function insertRow(db: WritableDb, state: ConversationState, message: NewOutgoing): MessageId {
  const self = addresses.self(db, state.accountId);
  const sortKey = endOf(db, state.id, message.nowMs);
  const ids = messageIds(db);
  const kind: MessageKind = 'message';
  let id = ids.next(message.nowMs);
  for (;;) {
    const { changes } = change(
      db,
      `INSERT INTO messages
         (id, conversation_id, sort_key, sent_at_ms, sender_id, is_own, kind, text, delivery, transaction_id)
       VALUES (?, ?, ?, ?, ?, 1, ?, ?, 'waiting', ?) ON CONFLICT (id) DO NOTHING`,
      id,
      state.id,
      sortKey,
      message.nowMs,
      self?.id ?? null,
      kind,
      message.text,
      message.transactionId,
    );
    if (changes === 1) return id;
    id = ids.nextFree(db, id);
  }
}

/**
 * Where a message written now stands: after everything that is there, even when another clock runs ahead or the
 * network counts in numbers of its own.
 */
function endOf(db: ReadableDb, conversationId: ConversationId, nowMs: number): number {
  const newest = messages.newest(db, conversationId);
  if (!newest) return nowMs;
  const hasOwnOrder = newest.remoteId !== null && newest.sortKey !== newest.sentAtMs;
  return hasOwnOrder ? newest.sortKey + 1 : Math.max(nowMs, newest.sortKey);
}

/** A file of ours: ready, for its bytes are here. */
export function addFile(db: WritableDb, messageId: MessageId, remoteId: string, file: OutgoingFile): void {
  const { name, mime, sizeBytes, widthPx, heightPx, thumbnail, durationMs, voice } = file;
  const [id] = attachments.add(db, messageId, [{ remoteId, name, mime, sizeBytes, widthPx, heightPx, thumbnail, durationMs, voice, source: '' }]);
  if (id !== undefined) attachments.setReady(db, id, file);
}

/** @throws StoreError `not-found` when the answered message is in another conversation */
export function addReply(db: WritableDb, messageId: MessageId, conversationId: ConversationId, replyToId: MessageId): void {
  const target = messages.get(db, replyToId);
  if (target?.conversationId !== conversationId) {
    throw new StoreError('not-found', 'The message to answer is not in this conversation.');
  }
  replies.add(db, {
    messageId,
    conversationId,
    targetName: target.remoteId,
    targetId: replyToId,
    senderId: target.senderId,
    excerpt: messageHints.isKeptBack(db, target.id) ? '' : target.text,
  });
}
