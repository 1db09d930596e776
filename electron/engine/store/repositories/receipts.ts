import type { AddressId, ConversationId, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';
import { inNoThread } from './threads.ts';

export interface ReceiptRecord {
  readonly addressId: AddressId;
  readonly kind: 'delivered' | 'read';
  readonly messageId: MessageId;
  readonly atMs: number;
}

/** How far others received and read. */
export const receipts = {
  list: (db: ReadableDb, conversationId: ConversationId): ReceiptRecord[] =>
    readAll<ReceiptRecord>(
      db,
      `SELECT address_id AS addressId, kind, message_id AS messageId, at_ms AS atMs FROM receipts
       WHERE conversation_id = ? ORDER BY address_id, kind`,
      conversationId,
    ),

  /** Remembers the newest message a person received or read; an older one changes nothing. */
  set: (
    db: WritableDb,
    conversationId: ConversationId,
    addressId: AddressId,
    kind: 'delivered' | 'read',
    upTo: { readonly id: MessageId; readonly sortKey: number },
    atMs: number,
  ): boolean =>
    change(
      db,
      `INSERT INTO receipts (conversation_id, address_id, kind, message_id, sort_key, at_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET message_id = excluded.message_id, sort_key = excluded.sort_key, at_ms = excluded.at_ms
       WHERE excluded.sort_key > sort_key`,
      conversationId,
      addressId,
      kind,
      upTo.id,
      upTo.sortKey,
      atMs,
    ).changes === 1,

  /** How many messages of others stand after a place, those of threads left out, never more than were unread before. */
  countUnreadAfter: (db: ReadableDb, conversationId: ConversationId, sortKey: number, atMost: number): number =>
    atMost === 0
      ? 0
      : (readOne<{ count: number }>(
          db,
          `SELECT count(*) AS count FROM (
             SELECT 1 FROM messages INDEXED BY messages_by_conversation
             WHERE conversation_id = ? AND sort_key > ? AND is_own = 0 AND kind NOT IN ('system', 'push')
               AND deleted_at_ms IS NULL AND ${inNoThread}
             LIMIT ?)`,
          conversationId,
          sortKey,
          atMost,
        )?.count ?? 0),
};
