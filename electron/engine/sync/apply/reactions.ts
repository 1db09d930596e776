import type { BridgeEvent } from '#bridge';
import type { MessageId } from '#rpc';
import { nameKey } from '../../store/repositories/messages.ts';
import { reactions } from '../../store/repositories/reactions.ts';
import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName, InvalidEvent } from '../event-checks.ts';
import { findTargets } from './late-events.ts';

type ReactionUpserted = Extract<BridgeEvent, { readonly type: 'reaction.upserted' }>;
type ReactionDeleted = Extract<BridgeEvent, { readonly type: 'reaction.deleted' }>;
type ReactionsReplaced = Extract<BridgeEvent, { readonly type: 'reactions.replaced' }>;

const maxEmojiLength = 64;
/** More than anybody means; a flood of ten thousand is cut. */
const maxEmojisPerPerson = 50;

export function applyReactionUpserted(batch: Batch, event: ReactionUpserted): void {
  checkName(event.personId, 'personId');
  checkEmoji(event.emoji);
  const found = findTargets(batch, event);
  const target = found?.messages[0];
  if (!found || !target || target.deletedAtMs !== null) return;
  const person = batch.account.book.resolve(batch.db, event.personId);
  if (reactions.of(batch.db, target.id, person.id).length >= maxEmojisPerPerson) return;
  const remote =
    event.reactionId === undefined
      ? null
      : { id: event.reactionId, key: nameKey(found.conversation.id, event.reactionId) };
  if (reactions.add(batch.db, target.id, person.id, event.emoji, remote)) mark(batch, found.conversation, target.id);
}

export function applyReactionsReplaced(batch: Batch, event: ReactionsReplaced): void {
  checkName(event.personId, 'personId');
  if (!Array.isArray(event.emojis)) throw new InvalidEvent('emojis is no list');
  const emojis = event.emojis.slice(0, maxEmojisPerPerson);
  emojis.forEach(checkEmoji);
  const found = findTargets(batch, event);
  const target = found?.messages[0];
  if (!found || !target || target.deletedAtMs !== null) return;
  const person = batch.account.book.resolve(batch.db, event.personId);
  if (reactions.replace(batch.db, target.id, person.id, emojis)) mark(batch, found.conversation, target.id);
}

export function applyReactionDeleted(batch: Batch, event: ReactionDeleted): void {
  checkName(event.conversationId, 'conversationId');
  checkName(event.reactionId, 'reactionId');
  const conversation = batch.findConversation(event.conversationId);
  if (!conversation) return;
  const messageId = reactions.removeByName(batch.db, nameKey(conversation.id, event.reactionId), event.reactionId);
  if (messageId !== null) mark(batch, conversation, messageId);
}

/** The list does not show reactions: only the message counts as changed. */
function mark(batch: Batch, conversation: ConversationState, messageId: MessageId): void {
  batch.changes.messagesOf(conversation.id).ids.add(messageId);
}

function checkEmoji(emoji: unknown): void {
  if (typeof emoji !== 'string' || emoji === '' || emoji.length > maxEmojiLength) {
    throw new InvalidEvent('not a usable reaction');
  }
}
