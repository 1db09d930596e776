import type { BridgeEvent } from '#bridge';
import type { MessageId } from '#rpc';
import type { MessageRecord } from '../../store/repositories/messages.ts';
import { receipts } from '../../store/repositories/receipts.ts';
import { inNoThread, threads } from '../../store/repositories/threads.ts';
import { readAll } from '../../store/statements.ts';
import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName, clampTime, InvalidEvent } from '../event-checks.ts';
import { findTargets } from './late-events.ts';
import { readThread } from './threads.ts';

type ReceiptUpserted = Extract<BridgeEvent, { readonly type: 'receipt.upserted' }>;
type MarkerUpserted = Extract<BridgeEvent, { readonly type: 'marker.upserted' }>;

/** Somebody else received or read: our messages up to there show it. A receipt of our own says nothing. */
export function applyReceiptUpserted(batch: Batch, event: ReceiptUpserted): void {
  checkName(event.personId, 'personId');
  if (event.kind !== 'delivered' && event.kind !== 'read') throw new InvalidEvent('unknown kind of receipt');
  const found = findTargets(batch, event);
  const target = found?.messages[0];
  if (!found || !target) return;
  const person = batch.account.book.resolve(batch.db, event.personId);
  if (person.isSelf) return;
  const { conversation } = found;
  if (event.within == null) receipts.set(batch.db, conversation.id, person.id, event.kind, target, clampTime(event.atMs, batch.nowMs));
  const ids = event.scope === 'upTo' ? raiseUpTo(batch, conversation, target, event) : raiseOne(batch, found.messages, event.kind);
  if (ids.length === 0) return;
  const changes = batch.changes.messagesOf(conversation.id);
  for (const id of ids) {
    changes.ids.add(id);
    conversation.isLastStale ||= conversation.lastMessageId === id;
  }
  batch.touch(conversation);
}

function raiseUpTo(
  batch: Batch,
  conversation: ConversationState,
  target: MessageRecord,
  { kind, within }: ReceiptUpserted,
): MessageId[] {
  const thread = within == null ? null : threads.find(batch.db, conversation.id, within);
  if (within != null && thread === null) return [];
  const place = within === undefined ? '1' : thread === null ? inNoThread : 'id IN (SELECT message_id FROM message_threads WHERE thread_id = ?4)';
  return readAll<{ id: MessageId }>(
    batch.db,
    `UPDATE messages INDEXED BY messages_awaiting_receipt SET delivery = ?1
     WHERE conversation_id = ?2 AND sort_key <= ?3 AND delivery IN ('sent', 'delivered') AND delivery <> ?1
       AND is_own = 1 AND ${place}
     RETURNING id`,
    kind,
    conversation.id,
    target.sortKey,
    ...(thread === null ? [] : [thread.id]),
  ).map((row) => row.id);
}

function raiseOne(batch: Batch, targets: readonly MessageRecord[], kind: 'delivered' | 'read'): MessageId[] {
  const own = targets.find((message) => message.isOwn);
  if (!own) return [];
  return readAll<{ id: MessageId }>(
    batch.db,
    `UPDATE messages SET delivery = ?1
     WHERE id = ?2 AND delivery IN ('sent', 'delivered') AND delivery <> ?1 RETURNING id`,
    kind,
    own.id,
  ).map((row) => row.id);
}

/** We read on another device: our mark moves forward, the count goes down. */
export function applyMarkerUpserted(batch: Batch, event: MarkerUpserted): void {
  checkName(event.conversationId, 'conversationId');
  // What another device read and we never heard of makes no conversation.
  if (!batch.findConversation(event.conversationId)) return;
  const found = findTargets(batch, event);
  const target = found?.messages[0];
  if (!found || !target) return;
  const { conversation } = found;
  if (event.within != null) {
    const thread = threads.find(batch.db, conversation.id, event.within);
    if (thread !== null) readThread(batch, conversation, thread, target.sortKey);
    if (conversation.unreadCount === 0) batch.announcements.delete(conversation.id);
    return;
  }
  if (event.within === undefined) for (const thread of threads.unreadOf(batch.db, conversation.id)) readThread(batch, conversation, thread, target.sortKey);
  if (target.sortKey < conversation.readUpToKey) return;
  conversation.readUpToId = target.id;
  conversation.readUpToKey = target.sortKey;
  if (!conversation.isCountedRemotely) {
    conversation.unreadCount =
      receipts.countUnreadAfter(batch.db, conversation.id, target.sortKey, conversation.unreadCount) + threads.countOf(batch.db, conversation.id).unreadCount;
  }
  if (conversation.unreadCount === 0) batch.announcements.delete(conversation.id);
  batch.touch(conversation);
}
