import type { BridgeEvent } from '#bridge';
import { gaps } from '../../store/repositories/gaps.ts';
import { messages } from '../../store/repositories/messages.ts';
import type { Batch } from '../batch.ts';
import { checkName } from '../event-checks.ts';

type GapUpserted = Extract<BridgeEvent, { readonly type: 'gap.upserted' }>;
type GapDeleted = Extract<BridgeEvent, { readonly type: 'gap.deleted' }>;

/** A hole in the history, shown before the message that stands after it. */
export function applyGapUpserted(batch: Batch, event: GapUpserted): void {
  checkName(event.conversationId, 'conversationId');
  checkName(event.before, 'before');
  checkName(event.cursor, 'cursor');
  const conversation = batch.conversation(event.conversationId);
  const before = messages.findByName(batch.db, conversation.id, event.before)[0];
  if (!before) return;
  gaps.set(batch.db, conversation.id, before.id, event.cursor);
  batch.changes.messagesOf(conversation.id).ids.add(before.id);
}

export function applyGapDeleted(batch: Batch, event: GapDeleted): void {
  checkName(event.conversationId, 'conversationId');
  const conversation = batch.findConversation(event.conversationId);
  if (!conversation) return;
  for (const id of gaps.removeByCursor(batch.db, conversation.id, event.cursor)) {
    batch.changes.messagesOf(conversation.id).ids.add(id);
  }
}
