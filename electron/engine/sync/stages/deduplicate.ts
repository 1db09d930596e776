import type { RemoteMessage } from '#model';
import { messages } from '../../store/repositories/messages.ts';
import type { MessageRecord } from '../../store/repositories/messages.ts';
import { statement } from '../../store/statements.ts';
import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName } from '../event-checks.ts';
import type { Item, Stage } from './stage.ts';

/**
 * Finds the row a message repeats: live, as a carbon, from the archive and after a resume it is one message.
 * Two deliveries are one when they agree in `transactionId`, in `remoteId`, or in sender and `alternateId`
 * (bridges/contract, RemoteMessage). Only looks; makes nothing.
 */
export const deduplicate: Stage = {
  name: 'deduplicate',
  onEvent: (batch, item) => {
    if (item.event.type !== 'message.upserted') return;
    const { message } = item.event;
    checkName(message.conversationId, 'conversationId');
    checkName(message.remoteId, 'remoteId');
    checkName(message.senderId, 'senderId');
    if (message.alternateId !== undefined) checkName(message.alternateId, 'alternateId');
    const conversation = batch.findConversation(message.conversationId);
    if (!conversation) return;
    item.conversation = conversation;
    nameItem(batch, item, conversation, message);
    item.known = findKnown(batch, item, conversation, message);
  },
};

/** Works out the keys of a message's names. */
export function nameItem(batch: Batch, item: Item, conversation: ConversationState, message: RemoteMessage): void {
  item.remoteKey = batch.keyOf(conversation, message.remoteId);
  if (message.alternateId === undefined) item.alternateKey = null;
  else if (message.alternateId === message.remoteId) item.alternateKey = item.remoteKey;
  else item.alternateKey = batch.keyOf(conversation, message.alternateId);
}

const anyOfKeys = `SELECT 1 FROM messages WHERE remote_key = ?
  UNION ALL SELECT 1 FROM messages WHERE alternate_key = ? LIMIT 1`;

function findKnown(
  batch: Batch,
  item: Item,
  conversation: ConversationState,
  message: RemoteMessage,
): MessageRecord | null {
  if (message.transactionId !== undefined && message.isOwn) {
    const ours = messages.findByTransaction(batch.db, message.transactionId);
    if (ours?.conversationId === conversation.id) return ours;
  }
  const isHashKnown = statement(batch.db, anyOfKeys).get(item.remoteKey, item.alternateKey) !== undefined;
  // A hash is only a hint: the names decide.
  return isHashKnown ? compareNames(batch, conversation, message) : null;
}

function compareNames(batch: Batch, conversation: ConversationState, message: RemoteMessage): MessageRecord | null {
  const bySameName = messages
    .findByName(batch.db, conversation.id, message.remoteId)
    .find((known) => known.remoteId === message.remoteId);
  if (bySameName || message.alternateId === undefined) return bySameName ?? null;
  const sender = batch.account.book.find(batch.db, message.senderId);
  if (!sender) return null;
  const sameSender = messages
    .findByName(batch.db, conversation.id, message.alternateId)
    .find((known) => known.alternateId === message.alternateId && known.senderId === sender.id);
  return sameSender ?? null;
}
