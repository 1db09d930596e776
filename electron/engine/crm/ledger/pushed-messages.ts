import type { ConnectionId, ConversationId, MessageId, PushId } from '#rpc';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { MessageIds } from '../../store/message-id.ts';
import { change, readAll, readOne } from '../../store/statements.ts';
import { isTakenBack } from '../../store/taken-back.ts';
import { firstPushedAtMs } from './sql-push-source.ts';

const ids = new MessageIds();

const tellable = `messages.kind IN ('message', 'notice', 'action', 'unsupported') AND messages.deleted_at_ms IS NULL
  AND (messages.delivery IS NULL OR messages.delivery IN ('sent', 'delivered', 'read'))`;

/** Which messages are in which CRM. */
export const pushedMessages = {
  add: (
    db: WritableDb,
    given: { readonly connectionId: ConnectionId; readonly conversationId: ConversationId; readonly pushId: PushId },
    messages: readonly { readonly id: MessageId; readonly version: number }[],
  ): void => {
    for (const { id, version } of messages) {
      change(
        db,
        // A message that was removed meanwhile needs no tag.
        `INSERT INTO pushed_messages (connection_id, conversation_id, message_id, push_id, version)
         SELECT ?, ?, id, ?, ? FROM messages WHERE id = ?
         ON CONFLICT (connection_id, conversation_id, message_id) DO UPDATE SET version = max(version, excluded.version)`,
        given.connectionId,
        given.conversationId,
        given.pushId,
        version,
        id,
      );
    }
  },

  /** Says which messages had its tag. */
  removeOfPush: (db: WritableDb, pushId: PushId): readonly MessageId[] => {
    const tagged = readAll<{ id: MessageId }>(db, 'SELECT message_id AS id FROM pushed_messages WHERE push_id = ?', pushId);
    change(db, 'DELETE FROM pushed_messages WHERE push_id = ?', pushId);
    return tagged.map(({ id }) => id);
  },

  /** For the side panel. Counts of what is not pushed stop at ten thousand. */
  counts: (db: ReadableDb, connectionId: ConnectionId, conversationId: ConversationId): PushCounts => {
    const pushed = readOne<{ messages: number; files: number; last_at_ms: number | null }>(
      db,
      `SELECT count(DISTINCT pushed_messages.message_id) AS messages, count(attachments.id) AS files,
         (SELECT max(done_at_ms) FROM pushes WHERE connection_id = ? AND conversation_id = ? AND NOT ${isTakenBack}) AS last_at_ms
       FROM pushed_messages LEFT JOIN attachments ON attachments.message_id = pushed_messages.message_id
       WHERE pushed_messages.connection_id = ? AND pushed_messages.conversation_id = ?`,
      ...[connectionId, conversationId, connectionId, conversationId],
    );
    const open = readOne<{ messages: number; files: number }>(
      db,
      `WITH open AS (
         SELECT messages.id FROM messages
         WHERE conversation_id = ? AND sent_at_ms >= ? AND ${tellable} AND NOT EXISTS (
           SELECT 1 FROM pushed_messages WHERE pushed_messages.connection_id = ?
             AND pushed_messages.conversation_id = messages.conversation_id AND message_id = messages.id)
         LIMIT 10000)
       SELECT count(*) AS messages,
         (SELECT count(*) FROM attachments WHERE message_id IN (SELECT id FROM open)) AS files FROM open`,
      conversationId,
      firstPushedAtMs(db, conversationId, connectionId),
      connectionId,
    );
    return {
      pushedMessages: pushed?.messages ?? 0,
      pushedFiles: pushed?.files ?? 0,
      lastPushedAtMs: pushed?.last_at_ms ?? null,
      openMessages: open?.messages ?? 0,
      openFiles: open?.files ?? 0,
    };
  },

  /** The system line, right after the newest message that went along. */
  addLine: (db: WritableDb, conversationId: ConversationId, anchor: MessageId | null, atMs: number): MessageId => {
    const first = ids.next(atMs);
    const isTaken = readOne(db, 'SELECT 1 FROM messages WHERE id = ?', first) !== undefined;
    const id = isTaken ? ids.nextFree(db, first) : first;
    change(
      db,
      `INSERT INTO messages (id, conversation_id, sort_key, sent_at_ms, is_own, kind)
       VALUES (?, ?, COALESCE((SELECT sort_key FROM messages WHERE id = ?), ?), ?, 1, 'push')`,
      id,
      conversationId,
      anchor,
      atMs,
      atMs,
    );
    return id;
  },

  /** What the list shows: where it went last, and how much came since. */
  refreshConversation: (db: WritableDb, conversationId: ConversationId, connectionId: ConnectionId, tag: string): void => {
    const { openMessages } = pushedMessages.counts(db, connectionId, conversationId);
    change(db, 'UPDATE conversations SET push_tag = ?, unpushed_count = ? WHERE id = ?', tag, openMessages, conversationId);
  },

  /** As if it had never been pushed. */
  untagConversation: (db: WritableDb, conversationId: ConversationId): void => {
    change(db, 'UPDATE conversations SET push_tag = NULL, unpushed_count = 0 WHERE id = ?', conversationId);
  },
};

export interface PushCounts {
  readonly pushedMessages: number;
  readonly pushedFiles: number;
  readonly lastPushedAtMs: number | null;
  readonly openMessages: number;
  readonly openFiles: number;
}
