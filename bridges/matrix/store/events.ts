/** The index of events: who sent which, and what it was about. No text. */
import type { EventKind, KnownEvent } from '../receive/known-event.ts';
import type { MatrixDatabase } from './database.ts';

interface StoredEvent {
  readonly id: string;
  readonly room_id: string;
  readonly sender: string;
  readonly sent_at_ms: number;
  readonly kind: EventKind;
  readonly target: string | null;
  readonly emoji: string | null;
  readonly message_type: string | null;
  readonly is_redacted: number;
  readonly thread: string | null;
  readonly is_encrypted: number;
}

const toKnown = (row: StoredEvent): KnownEvent => ({
  eventId: row.id,
  roomId: row.room_id,
  sender: row.sender,
  sentAtMs: row.sent_at_ms,
  kind: row.kind,
  target: row.target,
  emoji: row.emoji,
  messageType: row.message_type,
  isRedacted: row.is_redacted === 1,
  thread: row.thread,
  isEncrypted: row.is_encrypted === 1,
});

export interface Events {
  find(eventId: string): KnownEvent | null;
  /** Keeps an event. One that was redacted stays so, whatever an older page says. */
  put(event: KnownEvent): void;
  erase(eventId: string): void;
  /** Standing reactions to a message, oldest first. */
  reactionsTo(target: string): readonly KnownEvent[];
  /** The newest answer in the thread that a message began. */
  lastOfThread(rootId: string): string | null;
  /** The newest message of a room at or before a time: where a receipt for something invisible belongs. */
  lastMessageAt(roomId: string, atMs: number): KnownEvent | null;
}

export const createEvents = (database: MatrixDatabase): Events => {
  const select = database.prepare<[string], StoredEvent>('SELECT * FROM event WHERE id = ?');
  const upsert = database.prepare(
    `INSERT INTO event (id, room_id, sender, sent_at_ms, kind, target, emoji, message_type, is_redacted, thread, is_encrypted)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET is_redacted = max(is_redacted, excluded.is_redacted),
       message_type = coalesce(excluded.message_type, message_type), thread = coalesce(excluded.thread, thread),
       is_encrypted = max(is_encrypted, excluded.is_encrypted),
       emoji = CASE WHEN max(is_redacted, excluded.is_redacted) = 1 THEN NULL ELSE excluded.emoji END`,
  );
  const erase = database.prepare('UPDATE event SET is_redacted = 1, emoji = NULL WHERE id = ?');
  const reactions = database.prepare<[string], StoredEvent>(
    "SELECT * FROM event WHERE target = ? AND kind = 'reaction' AND is_redacted = 0 ORDER BY sent_at_ms, rowid",
  );
  const lastMessage = database.prepare<[string, number], StoredEvent>(
    `SELECT * FROM event WHERE room_id = ? AND kind = 'message' AND sent_at_ms <= ?
     ORDER BY sent_at_ms DESC, rowid DESC LIMIT 1`,
  );
  const lastAnswer = database.prepare<[string], { id: string }>(
    'SELECT id FROM event WHERE thread = ? AND is_redacted = 0 ORDER BY sent_at_ms DESC LIMIT 1',
  );
  const orNull = (row: StoredEvent | undefined): KnownEvent | null => (row === undefined ? null : toKnown(row));
  return {
    find: (eventId) => orNull(select.get(eventId)),
    put(event) {
      upsert.run(
        event.eventId,
        event.roomId,
        event.sender,
        event.sentAtMs,
        event.kind,
        event.target,
        event.emoji,
        event.messageType,
        event.isRedacted ? 1 : 0,
        event.thread,
        event.isEncrypted ? 1 : 0,
      );
    },
    erase: (eventId) => void erase.run(eventId),
    reactionsTo: (target) => reactions.all(target).map(toKnown),
    lastOfThread: (rootId) => lastAnswer.get(rootId)?.id ?? null,
    lastMessageAt: (roomId, atMs) => orNull(lastMessage.get(roomId, atMs)),
  };
};
