import type { BridgeEvent } from '#bridge';
import type { RemoteConversation } from '#model';
import type { Batch } from '../batch.ts';
import { saveIdentity } from '../conversation-identity.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName, clampTime, InvalidEvent } from '../event-checks.ts';

type Upserted = Extract<BridgeEvent, { readonly type: 'conversation.upserted' }>;
type Patched = Extract<BridgeEvent, { readonly type: 'conversation.patched' }>;
type Deleted = Extract<BridgeEvent, { readonly type: 'conversation.deleted' }>;

export function applyConversationUpserted(batch: Batch, event: Upserted): void {
  checkName(event.conversation.remoteId, 'conversationId');
  applyPatch(batch, batch.conversation(event.conversation.remoteId), event.conversation);
}

export function applyConversationPatched(batch: Batch, event: Patched): void {
  checkName(event.conversationId, 'conversationId');
  applyPatch(batch, batch.conversation(event.conversationId), event.patch);
}

/** The network forgot it; we keep what was said and take it out of the list until something new comes. */
export function applyConversationDeleted(batch: Batch, event: Deleted): void {
  checkName(event.conversationId, 'conversationId');
  const state = batch.findConversation(event.conversationId);
  if (!state) return;
  state.isListed = false;
  state.membership = 'left';
  state.unreadCount = 0;
  saveIdentity(batch.db, state, {});
  batch.announcements.delete(state.id);
  batch.touch(state);
}

const maxTopicLength = 10_000;

function applyPatch(batch: Batch, state: ConversationState, patch: Partial<RemoteConversation>): void {
  if (patch.kind !== undefined) state.kind = patch.kind;
  if (patch.membership !== undefined) {
    if (state.membership === 'left' && patch.membership !== 'left') state.isListed = true;
    state.membership = patch.membership;
  }
  if (patch.peerId !== undefined) {
    checkName(patch.peerId, 'peerId');
    state.peerId = batch.account.book.resolve(batch.db, patch.peerId).id;
  }
  if (patch.unreadCount !== undefined) setUnreadCount(batch, state, patch.unreadCount);
  if (patch.activeAtMs !== undefined && state.lastMessageId === null) {
    state.activeAtMs = clampTime(patch.activeAtMs, batch.nowMs);
  }
  saveIdentity(batch.db, state, {
    title: patch.title === undefined ? undefined : checkText(patch.title, 'title'),
    topic: patch.topic === undefined ? undefined : checkText(patch.topic, 'topic')?.slice(0, maxTopicLength),
    network: patch.network,
    security: patch.security,
  });
  state.isTitleStale = true;
  batch.touch(state);
}

/** A network that counts for us is believed from then on. */
function setUnreadCount(batch: Batch, state: ConversationState, unreadCount: number): void {
  if (!Number.isSafeInteger(unreadCount) || unreadCount < 0) throw new InvalidEvent('unreadCount is no count');
  state.isCountedRemotely = true;
  state.unreadCount = unreadCount;
  if (unreadCount === 0) batch.announcements.delete(state.id);
}

function checkText(value: unknown, field: string): string | null {
  if (value === null || typeof value === 'string') return value;
  throw new InvalidEvent(`${field} is no text`);
}
