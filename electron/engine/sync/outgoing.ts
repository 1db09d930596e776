import type { SendReceipt } from '#bridge';
import type { TransactionId } from '#model';
import type { ConversationId, Fault, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../store/database.ts';
import { addresses } from '../store/repositories/addresses.ts';
import { attachments } from '../store/repositories/attachments.ts';
import { messageHints } from '../store/repositories/message-hints.ts';
import { messages, nameKey } from '../store/repositories/messages.ts';
import type { MessageRecord } from '../store/repositories/messages.ts';
import { reactions } from '../store/repositories/reactions.ts';
import { change, readOne } from '../store/statements.ts';
import { StoreError } from '../store/store-error.ts';
import { runDurably } from '../store/transaction.ts';
import { addToIndex, dropMessage, editText, emptyMessage, makeReadable, rewriteText } from './change-message.ts';
import { ChangeSet } from './change-set.ts';
import { getConversationState, refreshLastMessage } from './conversation-state.ts';
import type { ConversationState } from './conversation-state.ts';
import { isForward } from './delivery-order.ts';
import { addFile, addReply, answerIn, insertRow, markAllRead } from './outgoing-row.ts';
import type { NewOutgoing } from './outgoing-row.ts';
import { keepWaitingBehind } from './keep-waiting-behind.ts';

export type { NewOutgoing, OutgoingFile } from './outgoing-row.ts';

/**
 * What we write ourselves, from the key press to the ack. Every function is durable, joins a transaction that is
 * open (so that row and job are written together), and says what to publish after the commit.
 */
export const outgoing = {
  /** Writes a message that waits to go out, at the end of its conversation. */
  add: (db: WritableDb, message: NewOutgoing): { readonly id: MessageId; readonly isNew: boolean; readonly changes: ChangeSet } =>
    runDurably(db, () => {
      const known = messages.findByTransaction(db, message.transactionId);
      if (known) return { id: known.id, isNew: false, changes: new ChangeSet() };
      const state = conversationOf(db, message.conversationId);
      const id = insertRow(db, state, message);
      if (message.hints !== undefined) messageHints.add(db, id, message.hints);
      if (message.file) addFile(db, id, message.transactionId, message.file);
      if (message.replyToId !== null) addReply(db, id, message.conversationId, message.replyToId);
      addToIndex(db, id);
      const rootId = message.threadId == null ? null : answerIn(db, message.threadId, id);
      if (message.threadId == null) markAllRead(db, state.id);
      change(
        db,
        `UPDATE conversations SET is_listed = 1, active_at_ms = max(active_at_ms, ?),
           unpushed_count = unpushed_count + (push_tag IS NOT NULL) WHERE id = ?`,
        message.nowMs,
        state.id,
      );
      const changes = changed(db, message.conversationId, id);
      const shown = changes.messagesOf(message.conversationId);
      if (message.threadId == null) shown.hasNewest = true;
      if (rootId !== null) shown.ids.add(rootId);
      return { id, isNew: true, changes };
    }),

  /** It is on its way. */
  setSending: (db: WritableDb, id: MessageId): ChangeSet =>
    runDurably(db, () => {
      change(db, `UPDATE messages SET delivery = 'sending', fault = NULL WHERE id = ? AND delivery = 'waiting'`, id);
      return changedMessage(db, id);
    }),

  /** Back in the queue: the account is offline, or a person asked for another try. */
  setWaiting: (db: WritableDb, id: MessageId): ChangeSet =>
    runDurably(db, () => {
      change(
        db,
        `UPDATE messages SET delivery = 'waiting', fault = NULL WHERE id = ? AND delivery IN ('sending', 'failed')`,
        id,
      );
      return changedMessage(db, id);
    }),

  /** As if it had never gone out: without the names that the network gave it, under a new transaction id. */
  sendAnew: (db: WritableDb, id: MessageId, transaction: TransactionId): ChangeSet =>
    runDurably(db, () => {
      change(
        db,
        `UPDATE messages SET delivery = 'waiting', fault = NULL, transaction_id = ?, remote_id = NULL, remote_key = NULL,
           alternate_id = NULL, alternate_key = NULL WHERE id = ?`,
        transaction,
        id,
      );
      return changedMessage(db, id);
    }),

  setFailed: (db: WritableDb, id: MessageId, fault: Fault): ChangeSet =>
    runDurably(db, () => {
      change(
        db,
        `UPDATE messages SET delivery = 'failed', fault = ? WHERE id = ? AND delivery IN ('waiting', 'sending')`,
        JSON.stringify(fault),
        id,
      );
      return changedMessage(db, id);
    }),

  /**
   * The network took it: its names and time. A copy that came in the meantime under one of these names
   * is the same message and disappears.
   */
  acknowledge: (db: WritableDb, id: MessageId, receipt: SendReceipt): ChangeSet =>
    runDurably(db, () => {
      const message = messageOf(db, id);
      const changes = new ChangeSet();
      removeTwin(db, message, receipt, changes);
      if (message.remoteId === null) takeNames(db, message, receipt);
      if (isForward(message.delivery, 'sent')) {
        change(db, `UPDATE messages SET delivery = 'sent', fault = NULL WHERE id = ?`, id);
      }
      const { shownAs } = receipt;
      // It may have been edited while it was on its way.
      if (shownAs !== undefined && message.kind === 'message' && message.editedAtMs === null && message.text.endsWith(shownAs.text)) {
        makeReadable(db, id, shownAs.kind, shownAs.text);
      }
      const files = attachments.ofMessage(db, id);
      for (const [position, remote] of (receipt.attachments ?? []).entries()) {
        const file = files[position];
        if (file) attachments.setRemote(db, file.id, remote);
      }
      changes.add(changedMessage(db, id));
      return changes;
    }),

  /** Takes back a message that nobody received; false when it is too late. */
  discard: (db: WritableDb, id: MessageId): { readonly isDiscarded: boolean; readonly changes: ChangeSet } =>
    runDurably(db, () => {
      const message = messageOf(db, id);
      // What the network refused, at once or later, nobody has received.
      const isHere = message.delivery === 'failed' || (message.delivery === 'waiting' && message.remoteId === null);
      if (!message.isOwn || !isHere) return { isDiscarded: false, changes: new ChangeSet() };
      const changes = new ChangeSet();
      changes.removedFileNames.push(...dropMessage(db, message));
      changes.messagesOf(message.conversationId).removedIds.add(id);
      change(
        db,
        'UPDATE conversations SET unpushed_count = max(unpushed_count - 1, 0) WHERE id = ? AND push_tag IS NOT NULL',
        message.conversationId,
      );
      refreshLastMessage(db, message.conversationId);
      return { isDiscarded: true, changes };
    }),

  /** Another text for what has not gone out: not an edit, for nobody saw it before. */
  rewrite: (db: WritableDb, id: MessageId, text: string): ChangeSet =>
    runDurably(db, () => {
      rewriteText(db, id, text);
      return changedMessage(db, id);
    }),

  /** Our own correction, at once. `editedAtMs` null: a refused one is taken back, the first text stands again. */
  edit: (db: WritableDb, id: MessageId, text: string, editedAtMs: number | null): ChangeSet =>
    runDurably(db, () => {
      editText(db, id, text, editedAtMs);
      return changedMessage(db, id);
    }),

  /** Our own deletion: the text is gone here too. */
  delete: (db: WritableDb, id: MessageId, nowMs: number): ChangeSet =>
    runDurably(db, () => {
      const fileNames = emptyMessage(db, id, nowMs);
      const changes = changedMessage(db, id);
      changes.removedFileNames.push(...fileNames);
      return changes;
    }),

  /** All reactions of ours to a message after the change. */
  react: (db: WritableDb, id: MessageId, emojis: readonly string[]): ChangeSet =>
    runDurably(db, () => {
      const message = messageOf(db, id);
      const self = addresses.self(db, conversationOf(db, message.conversationId).accountId);
      if (!self) throw new StoreError('not-found', 'Our own address is not known yet.');
      reactions.replace(db, id, self.id, emojis);
      return changedMessage(db, id);
    }),

  /** Our emojis on a message now. */
  ownReactions: (db: ReadableDb, id: MessageId): string[] => {
    const message = messageOf(db, id);
    const self = addresses.self(db, conversationOf(db, message.conversationId).accountId);
    return self ? reactions.of(db, id, self.id) : [];
  },
};

function takeNames(db: WritableDb, message: MessageRecord, receipt: SendReceipt): void {
  const { conversationId } = message;
  const newest = readOne<{ key: number }>(
    db,
    `SELECT sort_key AS key FROM messages INDEXED BY messages_by_conversation
     WHERE conversation_id = ? AND id <> ? AND remote_id IS NOT NULL ORDER BY sort_key DESC LIMIT 1`,
    conversationId,
    message.id,
  );
  // Where the network has an order of its own the echo brings it; until then the place at the end is right.
  const isByTime = newest === undefined || newest.key > 1e11;
  const alternateId = receipt.alternateId ?? null;
  const sortKey = isByTime ? receipt.sentAtMs : message.sortKey;
  change(
    db,
    `UPDATE messages SET remote_id = ?, remote_key = ?, alternate_id = ?, alternate_key = ?, sent_at_ms = ?,
       sort_key = ? WHERE id = ?`,
    receipt.remoteId,
    nameKey(conversationId, receipt.remoteId),
    alternateId,
    alternateId === null ? null : nameKey(conversationId, alternateId),
    receipt.sentAtMs,
    sortKey,
    message.id,
  );
  keepWaitingBehind(db, message, sortKey);
}

function removeTwin(db: WritableDb, message: MessageRecord, receipt: SendReceipt, changes: ChangeSet): void {
  const names = [receipt.remoteId, ...(receipt.alternateId === undefined ? [] : [receipt.alternateId])];
  for (const name of names) {
    const twins = messages.findByName(db, message.conversationId, name);
    for (const twin of twins) {
      if (twin.id === message.id || !twin.isOwn || twin.transactionId !== null) continue;
      changes.removedFileNames.push(...dropMessage(db, twin));
      changes.messagesOf(message.conversationId).removedIds.add(twin.id);
    }
  }
}

function changed(db: WritableDb, conversationId: ConversationId, id: MessageId): ChangeSet {
  refreshLastMessage(db, conversationId);
  const changes = new ChangeSet();
  changes.messagesOf(conversationId).ids.add(id);
  return changes;
}

const changedMessage = (db: WritableDb, id: MessageId): ChangeSet => changed(db, messageOf(db, id).conversationId, id);

function messageOf(db: ReadableDb, id: MessageId): MessageRecord {
  const message = messages.get(db, id);
  if (!message) throw new StoreError('not-found', `There is no message ${id}.`);
  return message;
}

function conversationOf(db: ReadableDb, id: ConversationId): ConversationState {
  const state = getConversationState(db, id);
  if (!state) throw new StoreError('not-found', `There is no conversation ${id}.`);
  return state;
}
