import type { RemoteMessageId } from '#model';
import type { AddressId, MessageId, ReactionRow } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

interface Row {
  message_id: number;
  emoji: string;
  name: string;
  is_self: number;
}

/** Reactions, one row per message, person and emoji. */
export const reactions = {
  /** What the interface shows, for a page of messages at once: grouped by emoji, in the order they first came. */
  ofMessages: (db: ReadableDb, messageIds: readonly MessageId[]): Map<MessageId, ReactionRow[]> => {
    const rows = readAll<Row>(
      db,
      `SELECT message_id, emoji, coalesce(display_name, handle) AS name, is_self
       FROM json_each(?) AS wanted
       JOIN reactions ON reactions.message_id = wanted.value
       JOIN addresses ON addresses.id = reactions.address_id
       ORDER BY message_id, emoji, is_self DESC, address_id`,
      JSON.stringify(messageIds),
    );
    const byMessage = new Map<MessageId, ReactionRow[]>();
    for (const row of rows) {
      const id = row.message_id as MessageId;
      const list = byMessage.get(id) ?? [];
      const last = list.at(-1);
      if (last?.emoji === row.emoji) {
        list[list.length - 1] = {
          emoji: last.emoji,
          count: last.count + 1,
          isOwn: last.isOwn || row.is_self === 1,
          names: [...last.names, row.name],
        };
      } else {
        list.push({ emoji: row.emoji, count: 1, isOwn: row.is_self === 1, names: [row.name] });
      }
      byMessage.set(id, list);
    }
    return byMessage;
  },

  /** The emojis of one person on one message. */
  of: (db: ReadableDb, messageId: MessageId, addressId: AddressId): string[] =>
    readAll<{ emoji: string }>(
      db,
      'SELECT emoji FROM reactions WHERE message_id = ? AND address_id = ? ORDER BY emoji',
      messageId,
      addressId,
    ).map((row) => row.emoji),

  /** True when it is new. `remote` names the reaction where the network does. */
  add: (
    db: WritableDb,
    messageId: MessageId,
    addressId: AddressId,
    emoji: string,
    remote: { readonly id: RemoteMessageId; readonly key: number } | null = null,
  ): boolean =>
    change(
      db,
      `INSERT INTO reactions (message_id, address_id, emoji, remote_id, remote_key) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET remote_id = excluded.remote_id, remote_key = excluded.remote_key
       WHERE excluded.remote_id IS NOT NULL AND remote_id IS NOT excluded.remote_id`,
      messageId,
      addressId,
      emoji,
      remote?.id ?? null,
      remote?.key ?? null,
    ).changes === 1,

  /** Makes these the only emojis of the person on the message; true when something changed. */
  replace: (db: WritableDb, messageId: MessageId, addressId: AddressId, emojis: readonly string[]): boolean => {
    const wanted = new Set(emojis);
    let isChanged = false;
    for (const emoji of reactions.of(db, messageId, addressId)) {
      if (!wanted.delete(emoji)) {
        change(db, 'DELETE FROM reactions WHERE message_id = ? AND address_id = ? AND emoji = ?', messageId, addressId, emoji);
        isChanged = true;
      }
    }
    for (const emoji of wanted) isChanged = reactions.add(db, messageId, addressId, emoji) || isChanged;
    return isChanged;
  },

  /** Removes a reaction by the network's name for it; says which message had it. */
  removeByName: (db: WritableDb, remoteKey: number, remoteId: RemoteMessageId): MessageId | null => {
    const row = readOne<{ message_id: number }>(
      db,
      'SELECT message_id FROM reactions WHERE remote_key = ? AND remote_id = ?',
      remoteKey,
      remoteId,
    );
    if (!row) return null;
    change(db, 'DELETE FROM reactions WHERE remote_key = ? AND remote_id = ?', remoteKey, remoteId);
    return row.message_id as MessageId;
  },
};
