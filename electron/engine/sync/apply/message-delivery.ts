import type { BridgeEvent } from '#bridge';
import { messages } from '../../store/repositories/messages.ts';
import type { MessageRecord } from '../../store/repositories/messages.ts';
import { change } from '../../store/statements.ts';
import type { Batch } from '../batch.ts';
import { isForward } from '../delivery-order.ts';
import { findTargets } from './late-events.ts';

type MessageDelivery = Extract<BridgeEvent, { readonly type: 'message.delivery' }>;

/** How far a message of ours got. Never backwards. */
export function applyMessageDelivery(batch: Batch, event: MessageDelivery): void {
  const conversation = batch.conversation(event.conversationId);
  const target = findOwn(batch, event);
  if (!target || target.conversationId !== conversation.id || !isForward(target.delivery, event.delivery)) return;
  change(
    batch.db,
    'UPDATE messages SET delivery = ?, fault = ? WHERE id = ?',
    event.delivery,
    event.delivery === 'failed' && event.fault ? JSON.stringify(event.fault) : null,
    target.id,
  );
  batch.changes.messagesOf(conversation.id).ids.add(target.id);
  conversation.isLastStale ||= conversation.lastMessageId === target.id;
  batch.touch(conversation);
}

function findOwn(batch: Batch, event: MessageDelivery): MessageRecord | undefined {
  if (event.transactionId !== undefined) {
    const ours = messages.findByTransaction(batch.db, event.transactionId);
    if (ours) return ours;
  }
  return findTargets(batch, event)?.messages.find((message) => message.isOwn);
}
