import type { BridgeEvent } from '#bridge';
import { securityEvents } from '../../store/repositories/security-events.ts';
import { threads } from '../../store/repositories/threads.ts';
import type { Batch } from '../batch.ts';
import { emptyMessage } from '../change-message.ts';
import { checkName, clampTime } from '../event-checks.ts';
import { flushIndex } from '../stages/index-text.ts';
import { findTargets } from './late-events.ts';
import { readThread } from './threads.ts';

type MessageDeleted = Extract<BridgeEvent, { readonly type: 'message.deleted' }>;

/** A deletion: by the author, or by who the network says may moderate. The text is gone from table and index. */
export function applyMessageDeleted(batch: Batch, event: MessageDeleted): void {
  checkName(event.by, 'by');
  const found = findTargets(batch, event);
  if (!found) return;
  const by = batch.account.book.find(batch.db, event.by);
  const target =
    found.messages.find((message) => by !== null && message.senderId === by.id) ??
    (event.isModerated === true ? found.messages[0] : undefined);
  if (!target) {
    securityEvents.add(batch.db, {
      accountId: batch.account.id,
      rule: 'delete-by-other',
      detail: `${event.by} tried to delete ${event.target}`,
      atMs: batch.nowMs,
    });
    return;
  }
  if (target.deletedAtMs !== null) return;
  flushIndex(batch);
  batch.changes.removedFileNames.push(
    ...emptyMessage(batch.db, target.id, clampTime(event.deletedAtMs, batch.nowMs)),
  );
  batch.changes.messagesOf(found.conversation.id).ids.add(target.id);
  const { conversation } = found;
  const thread = threads.ofAnswer(batch.db, target.id);
  // Counts again, without it.
  if (thread !== null) readThread(batch, conversation, thread, thread.readUpToKey);
  const isUnread = thread === null && !target.isOwn && target.kind !== 'system' && target.sortKey > conversation.readUpToKey;
  if (isUnread && !conversation.isCountedRemotely) conversation.unreadCount = Math.max(conversation.unreadCount - 1, 0);
  if (batch.announcements.get(conversation.id)?.messageId === target.id) batch.announcements.delete(conversation.id);
  conversation.isLastStale ||= conversation.lastMessageId === target.id;
  batch.touch(conversation);
}
