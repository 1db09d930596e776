import type { RemoteMessageId } from '#model';
import type { ConversationId, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';
import { nameKey } from './messages.ts';

const mostPins = 200;

export interface PinRecord {
  readonly remoteId: RemoteMessageId;
  /** Null: the message is not here. */
  readonly messageId: MessageId | null;
}

/** What rooms hold up for all to see. */
export const pins = {
  replace: (db: WritableDb, conversationId: ConversationId, remoteIds: readonly RemoteMessageId[]): void => {
    change(db, 'DELETE FROM conversation_pins WHERE conversation_id = ?', conversationId);
    for (const [position, remoteId] of remoteIds.slice(-mostPins).entries()) {
      change(db, 'INSERT INTO conversation_pins (conversation_id, position, remote_id) VALUES (?, ?, ?)', conversationId, position, remoteId);
    }
  },

  /** Newest first. */
  of: (db: ReadableDb, conversationId: ConversationId): PinRecord[] =>
    readAll<{ remoteId: RemoteMessageId }>(
      db,
      'SELECT remote_id AS remoteId FROM conversation_pins WHERE conversation_id = ? ORDER BY position DESC',
      conversationId,
    ).map(({ remoteId }) => ({
      remoteId,
      messageId:
        readAll<{ id: MessageId }>(
          db,
          'SELECT id FROM messages WHERE remote_key = ? AND remote_id = ? AND conversation_id = ?',
          nameKey(conversationId, remoteId),
          remoteId,
          conversationId,
        )[0]?.id ?? null,
    })),
};
