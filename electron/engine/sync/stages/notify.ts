import type { AddressId, MessageId } from '#rpc';
import { readOne } from '../../store/statements.ts';
import { plainLine } from '../../text/plain-line.ts';
import type { Batch } from '../batch.ts';
import { saveTitle } from '../conversation-title.ts';
import { refreshLastMessage, saveConversationState } from '../conversation-state.ts';
import type { Stage } from './stage.ts';

const titleLength = 100;
const bodyLength = 200;

/** Writes the touched conversations back and says what a person should hear of. */
export const notify: Stage = {
  name: 'notify',
  onEnd: (batch) => {
    for (const state of batch.conversations()) {
      if (state.isDirty) saveConversationState(batch.db, state);
      if (state.isLastStale) refreshLastMessage(batch.db, state.id);
      if (state.isTitleStale) saveTitle(batch.db, state);
      state.isLastStale = state.isTitleStale = false;
    }
    for (const [conversationId, { senderId, senderName, text, messageId }] of batch.announcements) {
      const state = batch.conversationById(conversationId);
      if (!state || state.unreadCount === 0) continue;
      const line = plainLine(text, bodyLength) || firstFileName(batch, messageId);
      const sender = senderName ?? nameOf(batch, senderId);
      const body = state.kind === 'direct' || sender === '' ? line : `${sender}: ${line}`;
      batch.changes.notifications.set(conversationId, {
        conversationId,
        title: plainLine(state.title, titleLength),
        body: plainLine(body, bodyLength),
        network: state.network,
      });
    }
  },
};

function nameOf(batch: Batch, addressId: AddressId): string {
  const row = readOne<{ name: string }>(
    batch.db,
    'SELECT coalesce(display_name, handle) AS name FROM addresses WHERE id = ?',
    addressId,
  );
  return plainLine(row?.name ?? '', titleLength);
}

function firstFileName(batch: Batch, messageId: MessageId): string {
  const row = readOne<{ name: string }>(
    batch.db,
    'SELECT name FROM attachments WHERE message_id = ? ORDER BY position LIMIT 1',
    messageId,
  );
  return plainLine(row?.name ?? '', bodyLength);
}
