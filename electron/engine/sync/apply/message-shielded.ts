import { messageShields, type MessageShield } from '#model';
import type { BridgeEvent } from '#bridge';
import { messageHints } from '../../store/repositories/message-hints.ts';
import { messages } from '../../store/repositories/messages.ts';
import type { Batch } from '../batch.ts';
import { checkName } from '../event-checks.ts';

type MessageShielded = Extract<BridgeEvent, { readonly type: 'message.shielded' }>;

/** Null for anything that is no shield. */
export const toShield = (value: unknown): MessageShield | null => messageShields.find((shield) => shield === value) ?? null;

/** A message that is here already deserves another sign than it had. */
export function applyMessageShielded(batch: Batch, event: MessageShielded): void {
  checkName(event.conversationId, 'conversationId');
  checkName(event.messageId, 'messageId');
  const conversation = batch.findConversation(event.conversationId);
  if (!conversation) return;
  for (const { id, deletedAtMs } of messages.findByName(batch.db, conversation.id, event.messageId)) {
    if (deletedAtMs !== null || !messageHints.setShield(batch.db, id, toShield(event.shield))) continue;
    batch.changes.messagesOf(conversation.id).ids.add(id);
  }
}
