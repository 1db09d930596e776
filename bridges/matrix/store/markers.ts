/** Read receipts, gaps, finished uploads and sends: small facts with a key. */
import type { MatrixDatabase } from './database.ts';

export interface Gap {
  /** First event known after the hole. */
  readonly before: string;
  readonly cursor: string;
}

export interface SentEvent {
  readonly eventId: string;
  readonly atMs: number;
}

export interface Markers {
  /** Keeps how far somebody read; false when that is not news. */
  setReceipt(roomId: string, userId: string, eventId: string, atMs: number): boolean;
  addGap(roomId: string, gap: Gap): void;
  findGap(roomId: string, cursor: string): Gap | null;
  deleteGap(roomId: string, cursor: string): void;
  /** Where the file of a send went, so that a retry does not upload it again under another address. */
  uploaded(transactionId: string): string | null;
  setUploaded(transactionId: string, mxc: string): void;
  /** The event a transaction became: known from the server's answer or from the echo, whichever came through. */
  sent(transactionId: string): SentEvent | null;
  setSent(transactionId: string, event: SentEvent): void;
}

export const createMarkers = (database: MatrixDatabase): Markers => {
  const selectReceipt = database.prepare<[string, string], { event_id: string }>(
    'SELECT event_id FROM receipt WHERE room_id = ? AND person_id = ?',
  );
  const writeReceipt = database.prepare('INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?)');
  const writeGap = database.prepare('INSERT OR REPLACE INTO gap VALUES (?, ?, ?)');
  const selectGap = database.prepare<[string, string], Gap>('SELECT before, cursor FROM gap WHERE room_id = ? AND cursor = ?');
  const removeGap = database.prepare('DELETE FROM gap WHERE room_id = ? AND cursor = ?');
  const selectUpload = database.prepare<[string], { mxc: string }>('SELECT mxc FROM upload WHERE transaction_id = ?');
  const selectSent = database.prepare<[string], SentEvent>(
    'SELECT event_id AS eventId, at_ms AS atMs FROM sent WHERE transaction_id = ?',
  );
  const writeSent = database.prepare('INSERT OR REPLACE INTO sent VALUES (?, ?, ?)');
  const writeUpload = database.prepare('INSERT OR REPLACE INTO upload VALUES (?, ?)');
  return {
    setReceipt(roomId, userId, eventId, atMs) {
      if (selectReceipt.get(roomId, userId)?.event_id === eventId) return false;
      writeReceipt.run(roomId, userId, eventId, atMs);
      return true;
    },
    addGap: (roomId, gap) => void writeGap.run(roomId, gap.cursor, gap.before),
    findGap: (roomId, cursor) => selectGap.get(roomId, cursor) ?? null,
    deleteGap: (roomId, cursor) => void removeGap.run(roomId, cursor),
    uploaded: (transactionId) => selectUpload.get(transactionId)?.mxc ?? null,
    setUploaded: (transactionId, mxc) => void writeUpload.run(transactionId, mxc),
    sent: (transactionId) => selectSent.get(transactionId) ?? null,
    setSent: (transactionId, event) => void writeSent.run(transactionId, event.eventId, event.atMs),
  };
};
