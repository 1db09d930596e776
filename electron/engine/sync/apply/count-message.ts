import type { MessageOrigin } from '#bridge';
import type { RemoteMessage } from '#model';
import type { AddressId, MessageId } from '#rpc';
import { threads, type ThreadRecord } from '../../store/repositories/threads.ts';
import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';
import { outsideText } from '../outside-text.ts';
import { readThread } from './threads.ts';

export interface StoredMessage {
  readonly id: MessageId;
  readonly sortKey: number;
  readonly sentAtMs: number;
  readonly text: string;
  readonly senderId: AddressId;
  /** The one it answers in. */
  readonly thread: ThreadRecord | null;
}

/**
 * What a new message means for its conversation: last line, activity, unread and unpushed counts, notification.
 * History never counts as unread and never notifies; neither do system lines.
 */
export function countMessage(
  batch: Batch,
  state: ConversationState,
  stored: StoredMessage,
  message: RemoteMessage,
  origin: MessageOrigin,
): void {
  const shown = { ...stored, text: outsideText(message.kind, stored.text, message.spoiler) };
  const changes = batch.changes.messagesOf(state.id);
  changes.ids.add(stored.id);
  state.isDirty = true;
  state.isListed = true;
  if (message.kind === 'system') return;
  if (state.isPushedEver && message.deletedAtMs === undefined) state.unpushedCount += 1;
  const isNewest = stored.sortKey >= state.lastSortKey;
  if (isNewest) {
    if (stored.thread === null) changes.hasNewest = true;
    state.lastSortKey = stored.sortKey;
    state.lastMessageId = stored.id;
    state.activeAtMs = Math.max(state.activeAtMs, stored.sentAtMs);
    state.newLast = {
      ...shown,
      senderName: message.senderName ?? null,
      isOwn: message.isOwn,
      kind: message.kind,
      delivery: message.isOwn ? (message.delivery ?? 'sent') : null,
    };
  }
  if (origin === 'history') return;
  if (message.isOwn && stored.thread !== null) readThread(batch, state, stored.thread, stored.sortKey);
  else if (message.isOwn) readElsewhere(batch, state, stored, isNewest);
  else countUnread(batch, state, shown, message);
}

/** Who answers from another device has read what stands before the answer. */
function readElsewhere(batch: Batch, state: ConversationState, stored: StoredMessage, isNewest: boolean): void {
  if (!isNewest) return;
  state.readUpToId = stored.id;
  state.readUpToKey = Math.max(state.readUpToKey, stored.sortKey);
  if (!state.isCountedRemotely && state.unreadCount > 0) state.unreadCount = Math.min(state.unreadCount, threads.countOf(batch.db, state.id).unreadCount);
}

function countUnread(batch: Batch, state: ConversationState, stored: StoredMessage, message: RemoteMessage): void {
  if (message.deletedAtMs !== undefined) return;
  if (stored.thread === null ? stored.sortKey <= state.readUpToKey : !threads.countUnread(batch.db, stored.thread, stored.sortKey)) return;
  if (!state.isCountedRemotely) state.unreadCount += 1;
  const isOld = stored.sentAtMs < batch.account.createdAtMs;
  const isWanted = state.notify === 'all' || (state.notify === 'mentions' && message.isMention === true);
  // A stranger is announced once; what else they write waits for the decision.
  const isRepeated = state.membership === 'requested' && state.unreadCount > 1;
  if (isOld || !isWanted || isRepeated || message.kind === 'notice') return;
  batch.announcements.set(state.id, {
    senderId: stored.senderId,
    senderName: message.senderName ?? null,
    messageId: stored.id,
    text: stored.text,
  });
}
