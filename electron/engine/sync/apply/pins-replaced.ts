import type { BridgeEvent } from '#bridge';
import { pins } from '../../store/repositories/pins.ts';
import type { Batch } from '../batch.ts';
import { checkName } from '../event-checks.ts';

/** What a room holds up for all to see. */
export function applyPinsReplaced(batch: Batch, event: Extract<BridgeEvent, { readonly type: 'pins.replaced' }>): void {
  checkName(event.conversationId, 'conversationId');
  const conversation = batch.findConversation(event.conversationId);
  if (!conversation) return;
  for (const id of event.messageIds) checkName(id, 'messageIds');
  pins.replace(batch.db, conversation.id, [...new Set(event.messageIds)]);
  batch.touch(conversation);
}
