import type { RemoteMessage } from '#model';
import { attachments } from '../../store/repositories/attachments.ts';
import { messageHints } from '../../store/repositories/message-hints.ts';
import type { MessageRecord } from '../../store/repositories/messages.ts';
import { polls } from '../../store/repositories/polls.ts';
import { securityEvents } from '../../store/repositories/security-events.ts';
import { change } from '../../store/statements.ts';
import { cutText } from '../../text/plain-line.ts';
import type { Batch } from '../batch.ts';
import { editText, emptyMessage, makeReadable, rewriteText } from '../change-message.ts';
import type { ConversationState } from '../conversation-state.ts';
import { isForward } from '../delivery-order.ts';
import { clampTime, maxTextLength } from '../event-checks.ts';
import { keepWaitingBehind } from '../keep-waiting-behind.ts';
import { flushIndex } from '../stages/index-text.ts';
import type { Item } from '../stages/stage.ts';
import { applyParked } from './apply-parked.ts';
import { toShield } from './message-shielded.ts';
import { joinThread } from './threads.ts';

/**
 * Another delivery of a message we have: adds what it knows more, and never takes back what was there.
 *
 * The first text wins: a server that rewrites its history changes nothing here. Only an edit that says so
 * (`editedAtMs`), a deletion, and the first readable form of an unreadable message replace it.
 */
export function foldMessage(
  batch: Batch,
  conversation: ConversationState,
  known: MessageRecord,
  message: RemoteMessage,
  item: Item,
): void {
  noteRewriting(batch, known, message);
  learnNames(batch, known, message, item);
  joinThread(batch, conversation, known.id, message);
  let isChanged = learnTime(batch, conversation, known, message);
  isChanged = learnDelivery(batch, conversation, known, message) || isChanged;
  isChanged = learnAttachments(batch, known, message) || isChanged;
  isChanged = learnText(batch, conversation, known, message) || isChanged;
  isChanged = learnPoll(batch, known, message) || isChanged;
  if (isChanged) batch.changes.messagesOf(conversation.id).ids.add(known.id);
  if (batch.account.awaitedKeys.size > 0) applyParked(batch, conversation, item);
}

/** Somebody tells our history otherwise than it was. What was there stays, and the attempt is written down. */
function noteRewriting(batch: Batch, known: MessageRecord, message: RemoteMessage): void {
  const isChangedSince = known.editedAtMs !== null || known.deletedAtMs !== null || message.editedAtMs !== undefined || message.deletedAtMs !== undefined;
  const isReadable = readableKinds.has(known.kind) && readableKinds.has(message.kind);
  // What we wrote ourselves comes back in the words of the wire, with the address of its file and without its signs.
  if (isChangedSince || !isReadable || known.isOwn || bareText(known.text) === bareText(message.text)) return;
  securityEvents.add(batch.db, {
    accountId: batch.account.id,
    rule: 'history-rewritten',
    detail: `the message ${message.remoteId} was told again with another text`,
    atMs: batch.nowMs,
  });
}

const readableKinds: ReadonlySet<string> = new Set(['message', 'action', 'notice']);
const bareText = (text: string): string => (text.length > maxTextLength ? cutText(text, maxTextLength) : text).trim();

/** A weak name gives way to the archive's; a missing one is filled in. Nobody sees names: nothing changes on the screen. */
function learnNames(batch: Batch, known: MessageRecord, message: RemoteMessage, item: Item): void {
  const isWeak = known.remoteId === known.alternateId && message.remoteId !== known.alternateId;
  if (isWeak || known.remoteId === null) {
    change(batch.db, 'UPDATE messages SET remote_id = ?, remote_key = ? WHERE id = ?', message.remoteId, item.remoteKey, known.id);
  }
  if (known.senderId === null && item.sender) {
    change(batch.db, 'UPDATE messages SET sender_id = ? WHERE id = ?', item.sender.id, known.id);
  }
  if (known.alternateId === null && message.alternateId !== undefined) {
    change(
      batch.db,
      'UPDATE messages SET alternate_id = ?, alternate_key = ? WHERE id = ?',
      message.alternateId,
      item.alternateKey,
      known.id,
    );
  }
}

/** The network's order, and for a message that waited here the time the network took it. */
function learnTime(
  batch: Batch,
  conversation: ConversationState,
  known: MessageRecord,
  message: RemoteMessage,
): boolean {
  const order = Number.isSafeInteger(message.order) ? (message.order as number) : null;
  const wasWaiting = known.remoteId === null;
  const sentAtMs = wasWaiting ? clampTime(message.sentAtMs, batch.nowMs) : known.sentAtMs;
  const sortKey = order ?? (wasWaiting ? sentAtMs : known.sortKey);
  if (sortKey === known.sortKey && sentAtMs === known.sentAtMs) return false;
  change(batch.db, 'UPDATE messages SET sort_key = ?, sent_at_ms = ? WHERE id = ?', sortKey, sentAtMs, known.id);
  if (wasWaiting) keepWaitingBehind(batch.db, known, sortKey);
  conversation.isLastStale = true;
  batch.touch(conversation);
  return true;
}

function learnDelivery(
  batch: Batch,
  conversation: ConversationState,
  known: MessageRecord,
  message: RemoteMessage,
): boolean {
  if (!known.isOwn) return false;
  const delivery = message.delivery ?? 'sent';
  if (delivery === 'failed' || !isForward(known.delivery, delivery)) return false;
  change(batch.db, 'UPDATE messages SET delivery = ?, fault = NULL WHERE id = ?', delivery, known.id);
  conversation.isLastStale ||= conversation.lastMessageId === known.id;
  batch.touch(conversation);
  return true;
}

/** Of one that could not be read before; later numbers come as a change of the message. */
function learnPoll(batch: Batch, known: MessageRecord, { poll }: RemoteMessage): boolean {
  if (poll === undefined || known.deletedAtMs !== null || polls.ofMessages(batch.db, [known.id]).size > 0) return false;
  polls.set(batch.db, known.id, poll);
  return true;
}

/** Only where we had none: files are not exchanged behind a message's back. */
function learnAttachments(batch: Batch, known: MessageRecord, message: RemoteMessage): boolean {
  if (!message.attachments?.length || known.deletedAtMs !== null) return false;
  const ours = attachments.ofMessage(batch.db, known.id);
  if (ours.length === 0) {
    attachments.add(batch.db, known.id, message.attachments);
    return true;
  }
  if (!known.isOwn || known.remoteId !== null) return false;
  // The echo of an upload: from now on it can be fetched again.
  for (const [position, remote] of message.attachments.entries()) {
    const file = ours[position];
    if (file) attachments.setRemote(batch.db, file.id, remote);
  }
  return false;
}

/** Still not readable, and now it is known better why. */
const isOtherReason = (known: MessageRecord, message: RemoteMessage): boolean =>
  known.kind === 'unreadable' && message.kind === 'unreadable' && message.text.startsWith('reason:') && known.text !== message.text;

function learnText(
  batch: Batch,
  conversation: ConversationState,
  known: MessageRecord,
  message: RemoteMessage,
): boolean {
  if (known.deletedAtMs !== null) return false;
  if (isOtherReason(known, message)) {
    rewriteText(batch.db, known.id, message.text);
    return true;
  }
  const isReadableNow = known.kind === 'unreadable' && message.kind !== 'unreadable';
  const isNewerEdit = message.editedAtMs !== undefined && message.editedAtMs > (known.editedAtMs ?? 0);
  if (message.deletedAtMs === undefined && !isReadableNow && !(isNewerEdit && message.text !== known.text)) return false;
  flushIndex(batch);
  if (message.deletedAtMs !== undefined) {
    const deletedAtMs = clampTime(message.deletedAtMs, batch.nowMs);
    batch.changes.removedFileNames.push(...emptyMessage(batch.db, known.id, deletedAtMs));
  } else if (isReadableNow) {
    makeReadable(batch.db, known.id, message.kind, message.text);
    messageHints.setShield(batch.db, known.id, toShield(message.shield));
  } else {
    editText(batch.db, known.id, message.text, clampTime(message.editedAtMs, batch.nowMs));
  }
  conversation.isLastStale ||= conversation.lastMessageId === known.id;
  batch.touch(conversation);
  return true;
}
