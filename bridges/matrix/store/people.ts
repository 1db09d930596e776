/** People whose names we know, and who is in which room (members come lazily: only those that mattered so far). */
import type { MatrixDatabase } from './database.ts';

export interface People {
  name(userId: string): string | null;
  /** The `mxc://` address of their picture. */
  avatar(userId: string): string | null;
  isKnown(userId: string): boolean;
  /** Keeps a name unless a newer one is known; true when the engine must hear of it. */
  rename(userId: string, displayName: string | null, avatar: string | null, atMs: number): boolean;
  /** True when the person or the role is news in this room. */
  join(roomId: string, userId: string, role: string | null): boolean;
  /** True when the person was known to be in. */
  leave(roomId: string, userId: string): boolean;
  /** Everybody known to be in a room. */
  of(roomId: string): readonly string[];
  namesIn(roomId: string): readonly { readonly userId: string; readonly name: string | null }[];
}

export const createPeople = (database: MatrixDatabase): People => {
  const select = database.prepare<[string], { display_name: string | null; avatar: string | null; named_at_ms: number }>(
    'SELECT display_name, avatar, named_at_ms FROM person WHERE id = ?',
  );
  const write = database.prepare('INSERT OR REPLACE INTO person (id, display_name, avatar, named_at_ms) VALUES (?, ?, ?, ?)');
  const selectParticipant = database.prepare<[string, string], { role: string | null }>(
    'SELECT role FROM participant WHERE room_id = ? AND person_id = ?',
  );
  const writeParticipant = database.prepare('INSERT OR REPLACE INTO participant VALUES (?, ?, ?)');
  const selectRoom = database.prepare<[string], { person_id: string }>('SELECT person_id FROM participant WHERE room_id = ?');
  const selectNames = database.prepare<[string], { userId: string; name: string | null }>(
    `SELECT participant.person_id AS userId, person.display_name AS name
     FROM participant LEFT JOIN person ON person.id = participant.person_id WHERE participant.room_id = ?`,
  );
  const removeParticipant = database.prepare('DELETE FROM participant WHERE room_id = ? AND person_id = ?');
  return {
    name: (userId) => select.get(userId)?.display_name ?? null,
    avatar: (userId) => select.get(userId)?.avatar ?? null,
    isKnown: (userId) => select.get(userId) !== undefined,
    rename(userId, displayName, avatar, atMs) {
      const old = select.get(userId);
      if (old !== undefined && old.named_at_ms > atMs) return false;
      write.run(userId, displayName, avatar, atMs);
      return old === undefined || old.display_name !== displayName || old.avatar !== avatar;
    },
    join(roomId, userId, role) {
      const old = selectParticipant.get(roomId, userId);
      if (old !== undefined && old.role === role) return false;
      writeParticipant.run(roomId, userId, role);
      return true;
    },
    namesIn: (roomId) => selectNames.all(roomId),
    of: (roomId) => selectRoom.all(roomId).map(({ person_id }) => person_id),
    leave: (roomId, userId) => removeParticipant.run(roomId, userId).changes > 0,
  };
};
