import type { RemoteMessageId } from '#model';
import type { AddressId, ConversationId, MessageId, ReplyRow } from '#rpc';
import { cutText } from '../../text/plain-line.ts';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';
import { keptBack } from './message-hints.ts';
import { nameKey } from './messages.ts';

interface Row {
  message_id: number;
  target_id: number | null;
  text: string | null;
  sender_name: string | null;
  excerpt: string;
}

const excerptLength = 200;

/** What a message answers to. The original may come later, or never: then the carried excerpt stands for it. */
export const replies = {
  ofMessages: (db: ReadableDb, messageIds: readonly MessageId[]): Map<MessageId, ReplyRow> =>
    new Map(
      readAll<Row>(
        db,
        `SELECT message_replies.message_id, target.id AS target_id, excerpt,
           CASE WHEN EXISTS (SELECT 1 FROM message_hints WHERE message_hints.message_id = target.id AND ${keptBack})
             THEN coalesce((SELECT spoiler FROM message_hints WHERE message_hints.message_id = target.id), '')
             ELSE target.text END AS text,
           coalesce(target.sender_name, addresses.display_name, addresses.handle) AS sender_name
         FROM json_each(?) AS wanted
         JOIN message_replies ON message_replies.message_id = wanted.value
         JOIN messages AS answer ON answer.id = message_replies.message_id
         LEFT JOIN messages AS target ON target.id = coalesce(
           message_replies.target_id,
           (SELECT id FROM messages WHERE remote_key = target_key AND remote_id = target_remote_id
              AND conversation_id = answer.conversation_id),
           (SELECT min(id) FROM messages WHERE alternate_key = target_key AND alternate_id = target_remote_id
              AND conversation_id = answer.conversation_id))
         LEFT JOIN addresses ON addresses.id = coalesce(target.sender_id, message_replies.sender_id)`,
        JSON.stringify(messageIds),
      ).map((row) => [
        row.message_id as MessageId,
        {
          messageId: row.target_id as MessageId | null,
          senderName: row.sender_name ?? '',
          excerpt: cutText(row.text ?? row.excerpt, excerptLength),
        },
      ]),
    ),

  add: (
    db: WritableDb,
    reply: {
      readonly messageId: MessageId;
      readonly conversationId: ConversationId;
      readonly targetName: RemoteMessageId | null;
      readonly targetId: MessageId | null;
      readonly senderId: AddressId | null;
      readonly excerpt: string;
    },
  ): void => {
    change(
      db,
      `INSERT INTO message_replies (message_id, target_remote_id, target_key, target_id, sender_id, excerpt)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      reply.messageId,
      reply.targetName,
      reply.targetName === null ? null : nameKey(reply.conversationId, reply.targetName),
      reply.targetId,
      reply.senderId,
      cutText(reply.excerpt, excerptLength),
    );
  },
};
