import type { BridgeEvent } from '#bridge';
import { participants } from '../../store/repositories/participants.ts';
import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName, InvalidEvent } from '../event-checks.ts';

type Upserted = Extract<BridgeEvent, { readonly type: 'participant.upserted' }>;
type Replaced = Extract<BridgeEvent, { readonly type: 'participants.replaced' }>;
type Deleted = Extract<BridgeEvent, { readonly type: 'participant.deleted' }>;

export function applyParticipantUpserted(batch: Batch, event: Upserted): void {
  checkName(event.conversationId, 'conversationId');
  checkName(event.personId, 'personId');
  const conversation = batch.conversation(event.conversationId);
  const { id } = batch.account.book.resolve(batch.db, event.personId);
  if (participants.set(batch.db, conversation.id, id, event.role ?? null)) mark(batch, conversation);
}

export function applyParticipantDeleted(batch: Batch, event: Deleted): void {
  checkName(event.conversationId, 'conversationId');
  checkName(event.personId, 'personId');
  const conversation = batch.findConversation(event.conversationId);
  const address = batch.account.book.find(batch.db, event.personId);
  if (!conversation || !address) return;
  if (participants.remove(batch.db, conversation.id, address.id)) mark(batch, conversation);
}

/** Who is not named has left while nobody told us. People the store never heard of are added when they are told of. */
export function applyParticipantsReplaced(batch: Batch, event: Replaced): void {
  checkName(event.conversationId, 'conversationId');
  if (!Array.isArray(event.personIds)) throw new InvalidEvent('personIds is no list');
  const conversation = batch.findConversation(event.conversationId);
  if (!conversation) return;
  const { book } = batch.account;
  const kept = event.personIds.flatMap((personId) => book.find(batch.db, personId)?.id ?? []);
  if (participants.keepOnly(batch.db, conversation.id, kept)) mark(batch, conversation);
}

/** A title made of names changes with the people, and so does what the filter finds. */
function mark(batch: Batch, conversation: ConversationState): void {
  conversation.isTitleStale = true;
  batch.touch(conversation);
}
