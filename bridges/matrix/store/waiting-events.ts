/** Events whose key has not arrived: their ciphertext, so that they can be read when it does. */
import type { UnreadableEvent } from '../crypto/account-crypto.ts';
import { asRecord } from '../event-shape.ts';
import type { MatrixDatabase } from './database.ts';

export interface WaitingEvents {
  add(events: readonly UnreadableEvent[]): void;
  remove(eventId: string): void;
  of(roomId: string, sessionId: string): readonly UnreadableEvent[];
  /** How many there are, by reason. */
  counts(): readonly { readonly reason: string; readonly count: number }[];
}

interface Row {
  readonly event_id: string;
  readonly room_id: string;
  readonly session_id: string;
  readonly raw: string;
  readonly reason: string;
}

export const createWaitingEvents = (database: MatrixDatabase): WaitingEvents => {
  const insert = database.prepare('INSERT OR REPLACE INTO waiting_event (event_id, room_id, session_id, raw, reason) VALUES (?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM waiting_event WHERE event_id = ?');
  const select = database.prepare<[string, string], Row>('SELECT * FROM waiting_event WHERE room_id = ? AND session_id = ? ORDER BY rowid');
  const count = database.prepare<[], { reason: string; count: number }>('SELECT reason, count(*) AS count FROM waiting_event GROUP BY reason');
  return {
    add(events) {
      for (const { eventId, roomId, sessionId, raw, reason } of events) {
        if (eventId !== '') insert.run(eventId, roomId, sessionId, JSON.stringify(raw), reason);
      }
    },
    remove: (eventId) => void remove.run(eventId),
    of: (roomId, sessionId) =>
      select.all(roomId, sessionId).map(({ event_id, room_id, session_id, raw, reason }) => ({
        eventId: event_id,
        roomId: room_id,
        sessionId: session_id,
        raw: asRecord(JSON.parse(raw)),
        reason,
      })),
    counts: () => count.all(),
  };
};
