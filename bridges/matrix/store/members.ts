/** Full member lists that matrix-js-sdk loaded apart from the sync ("out of band"), as raw events. */
import { asArray } from '../event-shape.ts';
import type { MatrixDatabase } from './database.ts';

export interface Members {
  get(roomId: string): readonly unknown[] | null;
  set(roomId: string, events: readonly unknown[]): void;
  delete(roomId: string): void;
  deleteAll(): void;
}

export const createMembers = (database: MatrixDatabase): Members => {
  const select = database.prepare<[string], { events: string }>('SELECT events FROM out_of_band_member WHERE room_id = ?');
  const write = database.prepare('INSERT OR REPLACE INTO out_of_band_member VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM out_of_band_member WHERE room_id = ?');
  const removeAll = database.prepare('DELETE FROM out_of_band_member');
  return {
    get(roomId) {
      const row = select.get(roomId);
      return row === undefined ? null : asArray(JSON.parse(row.events));
    },
    set: (roomId, events) => void write.run(roomId, JSON.stringify(events)),
    delete: (roomId) => void remove.run(roomId),
    deleteAll: () => void removeAll.run(),
  };
};
