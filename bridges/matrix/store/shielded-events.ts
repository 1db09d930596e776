/** Messages that were told with a sign that may change: their device may be verified tomorrow. No text. */
import type { MessageShield } from '#model';
import type { MatrixDatabase } from './database.ts';

export interface ShieldedEvent {
  readonly eventId: string;
  readonly roomId: string;
  readonly shield: MessageShield;
}

export interface ShieldedEvents {
  /** The newest of them are kept. */
  put(event: ShieldedEvent & { readonly sender: string }): void;
  remove(eventId: string): void;
  /** Newest first. */
  by(sender: string, limit: number): readonly ShieldedEvent[];
  /** Since when a room is encrypted; null: it is not, as far as we know. */
  encryptedSinceMs(roomId: string): number | null;
}

const mostKept = 5_000;

export const createShieldedEvents = (database: MatrixDatabase): ShieldedEvents => {
  const insert = database.prepare('INSERT OR REPLACE INTO shielded_event (event_id, room_id, sender, shield) VALUES (?, ?, ?, ?)');
  const trim = database.prepare('DELETE FROM shielded_event WHERE rowid <= (SELECT max(rowid) FROM shielded_event) - ?');
  const remove = database.prepare('DELETE FROM shielded_event WHERE event_id = ?');
  const select = database.prepare<[string, number], { event_id: string; room_id: string; shield: MessageShield }>(
    'SELECT event_id, room_id, shield FROM shielded_event WHERE sender = ? ORDER BY rowid DESC LIMIT ?',
  );
  const since = database.prepare<[string], { since_ms: number }>('SELECT since_ms FROM room_encryption WHERE room_id = ?');
  return {
    put({ eventId, roomId, sender, shield }) {
      insert.run(eventId, roomId, sender, shield);
      trim.run(mostKept);
    },
    remove: (eventId) => void remove.run(eventId),
    by: (sender, limit) => select.all(sender, limit).map(({ event_id, room_id, shield }) => ({ eventId: event_id, roomId: room_id, shield })),
    encryptedSinceMs: (roomId) => since.get(roomId)?.since_ms ?? null,
  };
};
