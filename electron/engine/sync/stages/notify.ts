import type { NetworkId } from '#model';
import type { AddressId, ConversationId, MessageId } from '#rpc';
import { readOne } from '../../store/statements.ts';
import { plainLine } from '../../text/plain-line.ts';
import type { Announcement, Batch } from '../batch.ts';
import { saveTitle } from '../conversation-title.ts';
import { refreshLastMessage, saveConversationState } from '../conversation-state.ts';
import type { ConversationState } from '../conversation-state.ts';
import type { Stage } from './stage.ts';

const titleLength = 100;
const bodyLength = 200;
const maxNotifications = 10;

/** Writes the touched conversations back and says what a person should hear of. */
export const notify: Stage = {
  name: 'notify',
  onEnd: (batch) => {
    for (const state of batch.conversations()) {
      if (state.isDirty) saveConversationState(batch.db, state);
      if (state.isLastStale) {
        const last = refreshLastMessage(batch.db, state.id);
        state.lastMessageId = last?.id ?? null;
        state.lastSortKey = last?.sortKey ?? 0;
      }
      if (state.isTitleStale) saveTitle(batch.db, state);
      state.isLastStale = state.isTitleStale = false;
    }
    for (const [conversationId, announcement] of newestOf(batch.announcements)) {
      const state = batch.conversationById(conversationId);
      if (state && state.unreadCount > 0) announce(batch, state, announcement);
    }
  },
};

/** Who was away for a week is not met by a hundred pop-ups: the most recent few speak for all. */
function newestOf(announcements: Batch['announcements']): [ConversationId, Announcement][] {
  return [...announcements].sort(([, left], [, right]) => left.messageId - right.messageId).slice(-maxNotifications);
}

function announce(batch: Batch, state: ConversationState, announcement: Announcement): void {
  const { senderId, senderName, text, messageId } = announcement;
  const shown = readOne<{ title: string; network: NetworkId }>(
    batch.db,
    'SELECT title, network FROM conversations WHERE id = ?',
    state.id,
  );
  const line = plainLine(text, bodyLength) || firstFileName(batch, messageId);
  const sender = plainLine(senderName ?? nameOf(batch, senderId), titleLength);
  const body = state.kind === 'direct' || sender === '' ? line : `${sender}: ${line}`;
  if (!shown) return;
  batch.changes.notifications.set(state.id, {
    conversationId: state.id,
    title: plainLine(shown.title, titleLength),
    body: plainLine(body, bodyLength),
    network: shown.network,
    ...(state.membership === 'requested' ? { isQuiet: true } : {}),
  });
}

function nameOf(batch: Batch, addressId: AddressId): string {
  const row = readOne<{ name: string }>(
    batch.db,
    'SELECT coalesce(display_name, handle) AS name FROM addresses WHERE id = ?',
    addressId,
  );
  return row?.name ?? '';
}

function firstFileName(batch: Batch, messageId: MessageId): string {
  const row = readOne<{ name: string }>(
    batch.db,
    'SELECT name FROM attachments WHERE message_id = ? ORDER BY position LIMIT 1',
    messageId,
  );
  return plainLine(row?.name ?? '', bodyLength);
}
