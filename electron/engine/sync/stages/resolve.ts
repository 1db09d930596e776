import { saveIdentity } from '../conversation-identity.ts';
import { nameItem } from './deduplicate.ts';
import type { Stage } from './stage.ts';

/** Finds or makes the conversation and the person of a message. Other events resolve theirs as they are applied. */
export const resolve: Stage = {
  name: 'resolve',
  onEvent: (batch, item) => {
    if (item.event.type !== 'message.upserted') return;
    const { message } = item.event;
    if (!item.conversation) {
      item.conversation = batch.conversation(message.conversationId);
      nameItem(batch, item, item.conversation, message);
    }
    item.sender = batch.account.book.resolve(batch.db, message.senderId, message.isOwn);
    if (item.conversation.kind === 'direct' && item.conversation.peerId === null && !message.isOwn) {
      item.conversation.peerId = item.sender.id;
      saveIdentity(batch.db, item.conversation, {});
      item.conversation.isTitleStale = true;
      batch.touch(item.conversation);
    }
  },
};
