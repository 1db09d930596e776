import type { BridgeEvent } from '#bridge';
import type { RemoteMessage, RemoteMessageId } from '#model';
import type { AddressId, MessageId } from '#rpc';
import { attachments } from '../../store/repositories/attachments.ts';
import { messageHappenings } from '../../store/repositories/message-happenings.ts';
import { messageHints } from '../../store/repositories/message-hints.ts';
import { polls } from '../../store/repositories/polls.ts';
import { replies } from '../../store/repositories/replies.ts';
import { securityEvents } from '../../store/repositories/security-events.ts';
import { statement } from '../../store/statements.ts';
import { cutText } from '../../text/plain-line.ts';
import type { Batch } from '../batch.ts';
import { saveIdentity } from '../conversation-identity.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName, clampTime, InvalidEvent, maxTextLength } from '../event-checks.ts';
import type { Item } from '../stages/stage.ts';
import { applyParked } from './apply-parked.ts';
import { countMessage } from './count-message.ts';
import { foldMessage } from './fold-message.ts';
import { joinThread } from './threads.ts';

type MessageUpserted = Extract<BridgeEvent, { readonly type: 'message.upserted' }>;

const kinds: ReadonlySet<string> = new Set(['message', 'notice', 'action', 'system', 'unreadable', 'unsupported']);
/** Not worth finding again. */
export const unindexedKinds: ReadonlySet<string> = new Set(['system', 'push', 'unreadable']);

const insertMessage = `INSERT INTO messages
  (id, conversation_id, sort_key, sent_at_ms, sender_id, is_own, kind, text, remote_id, remote_key, alternate_id,
   alternate_key, delivery)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;

/** A message: new, or another delivery of one that is known. */
export function applyMessageUpserted(batch: Batch, event: MessageUpserted, item: Item): void {
  const { message, origin } = event;
  const { conversation, sender, known } = item;
  if (!conversation || !sender) throw new InvalidEvent('the message was not resolved');
  if (typeof message.text !== 'string') throw new InvalidEvent('text is no text');
  if (!kinds.has(message.kind)) throw new InvalidEvent('unknown kind of message');
  if (known) {
    const isSameSender = known.senderId === sender.id || (known.isOwn && message.isOwn);
    if (isSameSender) foldMessage(batch, conversation, known, message, item);
    else refuseForeignName(batch, message.remoteId);
    return;
  }
  if (message.isOwn && conversation.membership === 'requested') welcome(batch, conversation);
  const sentAtMs = clampTime(message.sentAtMs, batch.nowMs);
  const sortKey = Number.isSafeInteger(message.order) ? (message.order as number) : sentAtMs;
  const isDeleted = message.deletedAtMs !== undefined;
  const text = isDeleted ? '' : message.text.length > maxTextLength ? cutText(message.text, maxTextLength) : message.text;
  const id = insertRow(batch, item, conversation, sender.id, message, text, sentAtMs, sortKey);
  addDetails(batch, conversation, id, message, isDeleted);
  if (text !== '' && !unindexedKinds.has(message.kind)) {
    batch.toIndex.ids.push(id);
    batch.toIndex.texts.push(text);
    batch.toIndex.scopes.push(conversation.scope);
  }
  const thread = joinThread(batch, conversation, id, message);
  countMessage(batch, conversation, { id, sortKey, sentAtMs, text, senderId: sender.id, thread }, message, origin);
  if (batch.account.awaitedKeys.size > 0) applyParked(batch, conversation, item);
}

/** Whom we write to is no stranger any more. */
function welcome(batch: Batch, conversation: ConversationState): void {
  conversation.membership = 'joined';
  saveIdentity(batch.db, conversation, {});
  batch.touch(conversation);
}

function insertRow(
  batch: Batch,
  item: Item,
  conversation: ConversationState,
  senderId: AddressId,
  message: RemoteMessage,
  text: string,
  sentAtMs: number,
  sortKey: number,
): MessageId {
  const insert = statement(batch.db, insertMessage);
  const delivery = message.isOwn ? (message.delivery ?? 'sent') : null;
  let id = batch.ids.next(sentAtMs);
  for (;;) {
    const { changes } = insert.run(
      id,
      conversation.id,
      sortKey,
      sentAtMs,
      senderId,
      message.isOwn ? 1 : 0,
      message.kind,
      text,
      message.remoteId,
      item.remoteKey,
      message.alternateId ?? null,
      item.alternateKey,
      delivery,
    );
    if (changes === 1) return id;
    id = batch.ids.nextFree(batch.db, id);
  }
}

/** What few messages have: kept out of the way of the many. */
function addDetails(
  batch: Batch,
  conversation: ConversationState,
  id: MessageId,
  message: RemoteMessage,
  isDeleted: boolean,
): void {
  if (message.senderName !== undefined) {
    statement(batch.db, 'UPDATE messages SET sender_name = ? WHERE id = ?').run(cutText(message.senderName, 200), id);
  }
  if (message.editedAtMs !== undefined || isDeleted) {
    const version = (message.editedAtMs === undefined ? 0 : 1) + (isDeleted ? 1 : 0);
    statement(batch.db, 'UPDATE messages SET edited_at_ms = ?, deleted_at_ms = ?, version = ? WHERE id = ?').run(
      message.editedAtMs === undefined ? null : clampTime(message.editedAtMs, batch.nowMs),
      message.deletedAtMs === undefined ? null : clampTime(message.deletedAtMs, batch.nowMs),
      version,
      id,
    );
  }
  if (isDeleted) return;
  messageHints.add(batch.db, id, message);
  messageHappenings.add(batch.db, id, message);
  if (message.poll !== undefined) polls.set(batch.db, id, message.poll);
  if (message.attachments !== undefined && message.attachments.length > 0) {
    for (const { remoteId } of message.attachments) checkName(remoteId, 'attachment');
    attachments.add(batch.db, id, message.attachments);
  }
  if (message.replyTo !== undefined) addReply(batch, conversation, id, message.replyTo);
}

function addReply(
  batch: Batch,
  conversation: ConversationState,
  messageId: MessageId,
  reply: NonNullable<RemoteMessage['replyTo']>,
): void {
  checkName(reply.remoteId, 'replyTo');
  replies.add(batch.db, {
    messageId,
    conversationId: conversation.id,
    targetName: reply.remoteId,
    targetId: null,
    senderId: reply.senderId === undefined ? null : batch.account.book.resolve(batch.db, reply.senderId).id,
    excerpt: reply.excerpt ?? '',
  });
}

/** Somebody sent a message under the name of another person's: the first one stays, the second is none. */
function refuseForeignName(batch: Batch, remoteId: RemoteMessageId): void {
  securityEvents.add(batch.db, {
    accountId: batch.account.id,
    rule: 'message-name-reused',
    detail: `another sender used the message id ${remoteId}`,
    atMs: batch.nowMs,
  });
}
