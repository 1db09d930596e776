import type { ConversationId, MessageId, PushRange } from '#rpc';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { change, readOne } from '../../store/statements.ts';

const everything: PushRange = { since: 'everything' };

/** How far back the first push of a conversation reaches: as the person chose last. */
export const ranges = {
  get: (db: ReadableDb, conversationId: ConversationId): PushRange => {
    const row = readOne<{ since: PushRange['since']; from_message_id: MessageId | null }>(
      db,
      'SELECT since, from_message_id FROM crm_ranges WHERE conversation_id = ?',
      conversationId,
    );
    if (!row) return everything;
    if (row.since !== 'message') return { since: row.since };
    return row.from_message_id === null ? everything : { since: 'message', fromId: row.from_message_id };
  },

  set: (db: WritableDb, conversationId: ConversationId, range: PushRange): void => {
    change(
      db,
      `INSERT INTO crm_ranges (conversation_id, since, from_message_id)
       SELECT ?, ?, (SELECT id FROM messages WHERE id = ?)
       ON CONFLICT (conversation_id) DO UPDATE SET since = excluded.since, from_message_id = excluded.from_message_id`,
      conversationId,
      range.since,
      range.fromId ?? null,
    );
  },
};
