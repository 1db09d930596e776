import type { AccountId, DeliveryState, MessageKind, RemoteConversationId, RemoteMessageId, TransactionId } from '#model';
import type { AddressId, ConversationId, Fault, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { hashKey } from '../hash-key.ts';
import { change, readAll, readOne } from '../statements.ts';

/** A message as stored, with the names the network knows it by. */
export interface MessageRecord {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly sortKey: number;
  readonly sentAtMs: number;
  readonly senderId: AddressId | null;
  /** A name that holds for this message only. */
  readonly senderName: string | null;
  readonly isOwn: boolean;
  readonly kind: MessageKind | 'push';
  readonly text: string;
  readonly remoteId: RemoteMessageId | null;
  readonly alternateId: RemoteMessageId | null;
  readonly transactionId: TransactionId | null;
  readonly delivery: DeliveryState | null;
  readonly fault: Fault | null;
  /** Grows with every edit and with deletion. */
  readonly version: number;
  readonly editedAtMs: number | null;
  readonly deletedAtMs: number | null;
}

/** How a bridge is told which message is meant. */
export interface RemoteTarget {
  readonly accountId: AccountId;
  readonly conversationId: RemoteConversationId;
  /** Null: the network has not taken it yet. */
  readonly remoteId: RemoteMessageId | null;
  readonly alternateId: RemoteMessageId | undefined;
}

interface Row extends Omit<MessageRecord, 'isOwn' | 'fault'> {
  readonly isOwn: number;
  readonly fault: string | null;
}

const columns = `id, conversation_id AS conversationId, sort_key AS sortKey, sent_at_ms AS sentAtMs,
  sender_id AS senderId, sender_name AS senderName, is_own AS isOwn, kind, text, remote_id AS remoteId,
  alternate_id AS alternateId, transaction_id AS transactionId, delivery, fault, version,
  edited_at_ms AS editedAtMs, deleted_at_ms AS deletedAtMs`;

const toRecord = (row: Row): MessageRecord => ({
  ...row,
  isOwn: row.isOwn === 1,
  fault: row.fault === null ? null : (JSON.parse(row.fault) as Fault),
});

/** Key of a message's name inside its conversation, for the indexes by hash. */
export const nameKey = (conversationId: ConversationId, name: RemoteMessageId): number => hashKey(conversationId, name);

/** Single messages. Pages for the interface: `readMessagePage`; bulk writing: the pipeline. */
export const messages = {
  get: (db: ReadableDb, id: MessageId): MessageRecord | null => {
    const row = readOne<Row>(db, `SELECT ${columns} FROM messages WHERE id = ?`, id);
    return row ? toRecord(row) : null;
  },

  /** Messages in the order of the conversation, both ends included; for a push. */
  range: (db: ReadableDb, conversationId: ConversationId, fromKey: number, untilKey: number): MessageRecord[] =>
    readAll<Row>(
      db,
      `SELECT ${columns} FROM messages WHERE conversation_id = ? AND sort_key BETWEEN ? AND ? ORDER BY sort_key, id`,
      conversationId,
      fromKey,
      untilKey,
    ).map(toRecord),

  /** All that the network calls by this name in a conversation, strongest name first, then oldest first. */
  findByName: (db: ReadableDb, conversationId: ConversationId, name: RemoteMessageId): MessageRecord[] => {
    const key = nameKey(conversationId, name);
    const strong = readAll<Row>(db, `SELECT ${columns} FROM messages WHERE remote_key = ? ORDER BY id`, key).filter(
      (row) => row.remoteId === name && row.conversationId === conversationId,
    );
    const weak = readAll<Row>(db, `SELECT ${columns} FROM messages WHERE alternate_key = ? ORDER BY id`, key).filter(
      (row) => row.alternateId === name && row.conversationId === conversationId && row.remoteId !== name,
    );
    return [...strong, ...weak].map(toRecord);
  },

  findByTransaction: (db: ReadableDb, transactionId: TransactionId): MessageRecord | null => {
    const row = readOne<Row>(db, `SELECT ${columns} FROM messages WHERE transaction_id = ?`, transactionId);
    return row ? toRecord(row) : null;
  },

  oldest: (db: ReadableDb, conversationId: ConversationId): MessageRecord | null => {
    const row = readOne<Row>(
      db,
      `SELECT ${columns} FROM messages INDEXED BY messages_by_conversation
       WHERE conversation_id = ? AND remote_id IS NOT NULL ORDER BY sort_key, id LIMIT 1`,
      conversationId,
    );
    return row ? toRecord(row) : null;
  },

  newest: (db: ReadableDb, conversationId: ConversationId): MessageRecord | null => {
    const row = readOne<Row>(
      db,
      `SELECT ${columns} FROM messages INDEXED BY messages_by_conversation
       WHERE conversation_id = ? ORDER BY sort_key DESC, id DESC LIMIT 1`,
      conversationId,
    );
    return row ? toRecord(row) : null;
  },

  target: (db: ReadableDb, id: MessageId): RemoteTarget | null => {
    const row = readOne<Omit<RemoteTarget, 'alternateId'> & { alternateId: RemoteMessageId | null }>(
      db,
      `SELECT account_id AS accountId, conversations.remote_id AS conversationId, messages.remote_id AS remoteId,
         alternate_id AS alternateId
       FROM messages JOIN conversations ON conversations.id = messages.conversation_id WHERE messages.id = ?`,
      id,
    );
    return row ? { ...row, alternateId: row.alternateId ?? undefined } : null;
  },

  /** Own messages that were being sent when the engine ended: their jobs decide what becomes of them. */
  resetSending: (db: WritableDb): void => {
    // By way of the open jobs: a look at every message would read the whole store into memory at each start.
    change(
      db,
      `UPDATE messages SET delivery = 'waiting' WHERE delivery = 'sending'
       AND id IN (SELECT message_id FROM jobs WHERE state IN ('waiting', 'running'))`,
    );
  },
};
