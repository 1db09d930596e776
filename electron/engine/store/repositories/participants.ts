import type { AddressId, ConversationId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readOne } from '../statements.ts';

/** Who is in a conversation, ourselves included. */
export const participants = {
  /** How many others there are. */
  count: (db: ReadableDb, conversationId: ConversationId): number =>
    readOne<{ count: number }>(
      db,
      `SELECT count(*) AS count FROM participants JOIN addresses ON addresses.id = participants.address_id
       WHERE conversation_id = ? AND is_self = 0`,
      conversationId,
    )?.count ?? 0,

  has: (db: ReadableDb, conversationId: ConversationId, addressId: AddressId): boolean =>
    readOne(db, 'SELECT 1 FROM participants WHERE conversation_id = ? AND address_id = ?', conversationId, addressId) !==
    undefined,

  /** True when something changed. */
  set: (db: WritableDb, conversationId: ConversationId, addressId: AddressId, role: string | null): boolean =>
    change(
      db,
      `INSERT INTO participants (conversation_id, address_id, role) VALUES (?, ?, ?)
       ON CONFLICT (conversation_id, address_id) DO UPDATE SET role = excluded.role WHERE role IS NOT excluded.role`,
      conversationId,
      addressId,
      role,
    ).changes === 1,

  /** Removes everybody else; true when somebody was. */
  keepOnly: (db: WritableDb, conversationId: ConversationId, addressIds: readonly AddressId[]): boolean =>
    change(
      db,
      'DELETE FROM participants WHERE conversation_id = ? AND address_id NOT IN (SELECT value FROM json_each(?))',
      conversationId,
      JSON.stringify(addressIds),
    ).changes > 0,

  remove: (db: WritableDb, conversationId: ConversationId, addressId: AddressId): boolean =>
    change(db, 'DELETE FROM participants WHERE conversation_id = ? AND address_id = ?', conversationId, addressId)
      .changes === 1,
};
