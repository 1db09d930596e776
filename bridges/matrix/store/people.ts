/** People whose names we know, and who is in which room (members come lazily: only those that mattered so far). */
import type { MatrixDatabase } from './database.ts';

export interface People {
  name(userId: string): string | null;
  isKnown(userId: string): boolean;
  /** Keeps a name unless a newer one is known; true when the engine must hear of it. */
  rename(userId: string, displayName: string | null, atMs: number): boolean;
  /** True when the person or the role is news in this room. */
  join(roomId: string, userId: string, role: string | null): boolean;
  /** True when the person was known to be in. */
  leave(roomId: string, userId: string): boolean;
}

export const createPeople = (database: MatrixDatabase): People => {
  const select = database.prepare<[string], { display_name: string | null; named_at_ms: number }>(
    'SELECT display_name, named_at_ms FROM person WHERE id = ?',
  );
  const write = database.prepare('INSERT OR REPLACE INTO person VALUES (?, ?, ?)');
  const selectParticipant = database.prepare<[string, string], { role: string | null }>(
    'SELECT role FROM participant WHERE room_id = ? AND person_id = ?',
  );
  const writeParticipant = database.prepare('INSERT OR REPLACE INTO participant VALUES (?, ?, ?)');
  const removeParticipant = database.prepare('DELETE FROM participant WHERE room_id = ? AND person_id = ?');
  return {
    name: (userId) => select.get(userId)?.display_name ?? null,
    isKnown: (userId) => select.get(userId) !== undefined,
    rename(userId, displayName, atMs) {
      const old = select.get(userId);
      if (old !== undefined && old.named_at_ms > atMs) return false;
      write.run(userId, displayName, atMs);
      return old === undefined || old.display_name !== displayName;
    },
    join(roomId, userId, role) {
      const old = selectParticipant.get(roomId, userId);
      if (old !== undefined && old.role === role) return false;
      writeParticipant.run(roomId, userId, role);
      return true;
    },
    leave: (roomId, userId) => removeParticipant.run(roomId, userId).changes > 0,
  };
};
