import type { MessageId, MessageVersion } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';

/** Somebody who corrects a message a thousand times keeps the last few only. */
const kept = 30;

/** What a message said before it was edited. */
export const messageVersions = {
  /** Keeps the text that stands there now; to be called before another one takes its place. */
  keep: (db: WritableDb, id: MessageId): void => {
    change(
      db,
      `INSERT INTO message_versions (message_id, version, text, written_at_ms)
       SELECT id, version, text, coalesce(edited_at_ms, sent_at_ms) FROM messages
       WHERE id = ? AND kind <> 'unreadable' ON CONFLICT (message_id, version) DO NOTHING`,
      id,
    );
    change(
      db,
      `DELETE FROM message_versions WHERE message_id = ?1
         AND version < (SELECT version FROM messages WHERE id = ?1) - ${kept - 1}`,
      id,
    );
  },

  /** Oldest first. */
  list: (db: ReadableDb, id: MessageId): MessageVersion[] =>
    readAll<MessageVersion>(
      db,
      `SELECT text, written_at_ms AS writtenAtMs FROM message_versions WHERE message_id = ? ORDER BY version`,
      id,
    ),

  removeAll: (db: WritableDb, id: MessageId): void => {
    change(db, 'DELETE FROM message_versions WHERE message_id = ?', id);
  },
};
