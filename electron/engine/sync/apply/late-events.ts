import type { BridgeEvent } from '#bridge';
import type { RemoteConversationId, RemoteMessageId } from '#model';
import { messages } from '../../store/repositories/messages.ts';
import type { MessageRecord } from '../../store/repositories/messages.ts';
import { pendingEffects } from '../../store/repositories/pending-effects.ts';
import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName } from '../event-checks.ts';

/** Events that are about a message which may come after them. */
export type LateEvent = Extract<BridgeEvent, { readonly target: RemoteMessageId }>;

export interface Targets {
  readonly conversation: ConversationState;
  /** Every message of this name: weak names are given by senders, so two people may use the same one. */
  readonly messages: readonly MessageRecord[];
}

/**
 * The messages an event is about. When there is none yet the event is parked, to be applied when its message
 * comes, and null is returned.
 */
export function findTargets(batch: Batch, event: LateEvent): Targets | null {
  checkName(event.conversationId, 'conversationId');
  checkName(event.target, 'target');
  const conversation = batch.conversation(event.conversationId);
  const found = messages.findByName(batch.db, conversation.id, event.target);
  if (found.length > 0) return { conversation, messages: found };
  park(batch, conversation, event);
  return null;
}

/** Keeps an event until its message comes. */
export function park(batch: Batch, conversation: ConversationState, event: LateEvent): void {
  const key = batch.keyOf(conversation, event.target);
  pendingEffects.add(batch.db, batch.account.id, key, event, batch.nowMs);
  batch.account.awaitedKeys.add(key);
}

/** What was waiting for the message that just came under this key. */
export function takeParked(batch: Batch, key: number, conversationId: RemoteConversationId): LateEvent[] {
  if (!batch.account.awaitedKeys.delete(key)) return [];
  const events = pendingEffects.take(batch.db, batch.account.id, key) as LateEvent[];
  return events.filter((event) => event.conversationId === conversationId);
}
