import type { MessageKind } from '#model';
import type { MessageId } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import { attachments } from '../store/repositories/attachments.ts';
import { messageVersions } from '../store/repositories/message-versions.ts';
import type { MessageRecord } from '../store/repositories/messages.ts';
import { polls } from '../store/repositories/polls.ts';
import { change } from '../store/statements.ts';
import { cutText } from '../text/plain-line.ts';
import { maxTextLength } from './event-checks.ts';

const indexed = `text <> '' AND kind NOT IN ('system', 'push', 'unreadable')`;

/** Takes a message's text out of the full-text index; has to come before the text is changed. */
export function removeFromIndex(db: WritableDb, id: MessageId): void {
  change(
    db,
    `INSERT INTO message_search (message_search, rowid, text, scope)
     SELECT 'delete', id, text, 'c' || conversation_id FROM messages WHERE id = ? AND ${indexed}`,
    id,
  );
}

export function addToIndex(db: WritableDb, id: MessageId): void {
  change(
    db,
    `INSERT INTO message_search (rowid, text, scope)
     SELECT id, text, 'c' || conversation_id FROM messages WHERE id = ? AND ${indexed}`,
    id,
  );
}

/** The first readable form of a message: no edit, but its first text. */
export function makeReadable(db: WritableDb, id: MessageId, kind: MessageKind, text: string): void {
  removeFromIndex(db, id);
  change(db, 'UPDATE messages SET kind = ?, text = ? WHERE id = ?', kind, cutText(text, maxTextLength), id);
  addToIndex(db, id);
}

/** Another text for a message that nobody has seen: no edit and no new version. */
export function rewriteText(db: WritableDb, id: MessageId, text: string): void {
  removeFromIndex(db, id);
  change(db, 'UPDATE messages SET text = ? WHERE id = ?', cutText(text, maxTextLength), id);
  addToIndex(db, id);
}

/**
 * Replaces the text of a message, in the index too, keeps what stood there, and counts a new version of it.
 * @param editedAtMs null: back to what was sent first
 */
export function editText(db: WritableDb, id: MessageId, text: string, editedAtMs: number | null): void {
  removeFromIndex(db, id);
  if (editedAtMs === null) messageVersions.removeAll(db, id);
  else messageVersions.keep(db, id);
  change(
    db,
    'UPDATE messages SET text = ?, edited_at_ms = ?, version = version + 1 WHERE id = ?',
    cutText(text, maxTextLength),
    editedAtMs,
    id,
  );
  addToIndex(db, id);
}

/**
 * Empties a message and everything that hangs on it; the row stays as "deleted".
 * Says which files of the profile's folder of files nothing refers to any more.
 */
export function emptyMessage(db: WritableDb, id: MessageId, deletedAtMs: number): string[] {
  removeFromIndex(db, id);
  change(db, `UPDATE messages SET text = '', deleted_at_ms = ?, version = version + 1 WHERE id = ?`, deletedAtMs, id);
  change(db, 'DELETE FROM reactions WHERE message_id = ?', id);
  change(db, 'DELETE FROM message_replies WHERE message_id = ?', id);
  change(db, 'UPDATE message_hints SET spoiler = NULL WHERE message_id = ?', id);
  messageVersions.removeAll(db, id);
  polls.remove(db, id);
  return attachments.removeOfMessage(db, id);
}

/** Removes a message altogether: one of ours that never went out, or a twin. */
export function dropMessage(db: WritableDb, message: MessageRecord): string[] {
  removeFromIndex(db, message.id);
  const fileNames = attachments.removeOfMessage(db, message.id);
  change(db, 'DELETE FROM messages WHERE id = ?', message.id);
  return fileNames;
}
