import type { BridgeEvent } from '#bridge';
import type { NotifyLevel, RemoteAvatar, RemoteConversation } from '#model';
import { avatars } from '../../store/repositories/avatars.ts';
import type { Batch } from '../batch.ts';
import { saveIdentity, type IdentityPatch } from '../conversation-identity.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName, clampTime, InvalidEvent } from '../event-checks.ts';

type Upserted = Extract<BridgeEvent, { readonly type: 'conversation.upserted' }>;
type Patched = Extract<BridgeEvent, { readonly type: 'conversation.patched' }>;
type Deleted = Extract<BridgeEvent, { readonly type: 'conversation.deleted' }>;

export function applyConversationUpserted(batch: Batch, event: Upserted): void {
  const { conversation } = event;
  checkName(conversation.remoteId, 'conversationId');
  const known = batch.findConversation(conversation.remoteId);
  const isDecided = known !== null && isSettled(known, conversation);
  const patch = isDecided ? { ...conversation, membership: undefined } : conversation;
  // Somebody we talk to asks for something more: their card says so.
  batch.changes.hasContactChanges ||= isDecided && conversation.membership === 'requested';
  applyPatch(batch, known ?? batch.conversation(conversation.remoteId), patch);
}

/** Whom we talk to already asks for nothing; and who asks goes on asking until it is decided, which is a patch. */
const isSettled = (known: ConversationState, { membership }: RemoteConversation): boolean =>
  known.kind === 'direct' &&
  ((known.membership === 'joined' && membership === 'requested') || (known.membership === 'requested' && membership === 'joined'));

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

type ConversationPatch = { readonly [Key in keyof RemoteConversation]?: RemoteConversation[Key] | undefined };

const maxTopicLength = 10_000;
const maxInvitationLength = 2_000;
const notifyLevels: ReadonlySet<unknown> = new Set<NotifyLevel>(['all', 'mentions', 'none']);

function applyPatch(batch: Batch, state: ConversationState, patch: ConversationPatch): void {
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
  if (patch.notify !== undefined) {
    if (!notifyLevels.has(patch.notify)) throw new InvalidEvent('notify is no level');
    state.notify = patch.notify;
  }
  if (patch.avatar !== undefined) setPicture(batch, state, patch.avatar);
  saveIdentity(batch.db, state, {
    title: patch.title === undefined ? undefined : checkText(patch.title, 'title'),
    topic: patch.topic === undefined ? undefined : checkText(patch.topic, 'topic')?.slice(0, maxTopicLength),
    network: patch.network,
    security: patch.security,
    isPinned: patch.isPinned,
    notify: patch.notify,
    invitation: readInvitation(batch, patch.invitation),
  });
  state.isTitleStale = true;
  batch.touch(state);
}

function setPicture(batch: Batch, { id }: ConversationState, avatar: RemoteAvatar | null): void {
  if (avatar !== null) checkName(avatar.id, 'avatar');
  const isNew = avatars.setRemote(batch.db, batch.account.id, { kind: 'conversation', id }, avatar);
  batch.changes.wantsAvatars ||= isNew && avatar !== null;
}

function readInvitation(batch: Batch, invitation: RemoteConversation['invitation']): IdentityPatch['invitation'] {
  if (invitation === undefined) return undefined;
  const { by } = invitation;
  if (by !== null) checkName(by, 'invitation.by');
  const byId = by === null ? null : batch.account.book.resolve(batch.db, by).id;
  return { byId, text: checkText(invitation.text, 'invitation.text')?.slice(0, maxInvitationLength) ?? null };
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
