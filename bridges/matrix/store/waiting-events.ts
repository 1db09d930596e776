/** Events whose key has not arrived: their ciphertext, so that they can be read when it does. */
import type { UnreadableEvent } from '../crypto/account-crypto.ts';
import { asRecord } from '../event-shape.ts';
import type { MatrixDatabase } from './database.ts';

/** A Megolm session of a room. */
export interface WantedKey {
  readonly roomId: string;
  readonly sessionId: string;
}

export interface WaitingEvents {
  add(events: readonly UnreadableEvent[]): void;
  remove(eventId: string): void;
  of(roomId: string, sessionId: string): readonly UnreadableEvent[];
  /** Keys that are waited for, each once and in a fixed order, those behind `after`. */
  keys(after: WantedKey | null, limit: number): readonly WantedKey[];
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
  const selectKeys = database.prepare<[string, string, number], Pick<Row, 'room_id' | 'session_id'>>(
    'SELECT DISTINCT room_id, session_id FROM waiting_event WHERE (room_id, session_id) > (?, ?) ORDER BY room_id, session_id LIMIT ?',
  );
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
    keys: (after, limit) =>
      selectKeys.all(after?.roomId ?? '', after?.sessionId ?? '', limit).map(({ room_id, session_id }) => ({ roomId: room_id, sessionId: session_id })),
    counts: () => count.all(),
  };
};
