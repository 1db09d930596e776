/** Rooms and their current state, as the server last told it. */
import type { Membership } from '#model';
import { asArray, asRecord, asString, type JsonRecord } from '../event-shape.ts';
import { isEventId } from '../ids.ts';
import type { MatrixDatabase } from './database.ts';

export interface RoomRow {
  readonly id: string;
  readonly membership: Membership;
  readonly isEncrypted: boolean;
  readonly unreadCount: number | null;
  readonly activeAtMs: number | null;
  readonly summary: JsonRecord;
  readonly prevBatch: string | null;
  /** State of an invitation: trusted less, shown only until the decision. */
  readonly strippedState: readonly unknown[];
  /** What the engine was told last about this conversation, as JSON. */
  readonly emitted: string | null;
}

interface StoredRoom {
  readonly id: string;
  readonly membership: Membership;
  readonly is_encrypted: number;
  readonly unread_count: number | null;
  readonly active_at_ms: number | null;
  readonly summary: string | null;
  readonly prev_batch: string | null;
  readonly stripped_state: string | null;
  readonly emitted: string | null;
}

const parse = (json: string | null): unknown => (json === null ? undefined : JSON.parse(json));

const toRoom = (row: StoredRoom): RoomRow => ({
  id: row.id,
  membership: row.membership,
  isEncrypted: row.is_encrypted === 1,
  unreadCount: row.unread_count,
  activeAtMs: row.active_at_ms,
  summary: asRecord(parse(row.summary)),
  prevBatch: row.prev_batch,
  strippedState: asArray(parse(row.stripped_state)),
  emitted: row.emitted,
});

export type RoomPatch = Partial<Omit<RoomRow, 'id'>>;

export interface Rooms {
  get(roomId: string): RoomRow | null;
  all(): readonly RoomRow[];
  /** Changes the given fields; a room that was unknown starts as `membership` says, else joined. */
  patch(roomId: string, patch: RoomPatch): void;
  /** Keeps one state event. Encryption, once seen, stays: no later event can switch it off. */
  setState(roomId: string, type: string, stateKey: string, event: JsonRecord): void;
  /** Content of a state event; empty when there is none. */
  state(roomId: string, type: string, stateKey?: string): JsonRecord;
  stateEvent(roomId: string, type: string, stateKey?: string): JsonRecord | null;
  stateEvents(roomId: string): readonly JsonRecord[];
  /** Those of one type, whatever their key; at most `limit`. */
  statesOfType(roomId: string, type: string, limit: number): readonly JsonRecord[];
  /** Erases the content of a redacted state event; says which room it belonged to. */
  eraseState(eventId: string): void;
  clearState(roomId: string): void;
}

export const createRooms = (database: MatrixDatabase): Rooms => {
  const select = database.prepare<[string], StoredRoom>('SELECT * FROM room WHERE id = ?');
  const selectAll = database.prepare<[], StoredRoom>('SELECT * FROM room');
  const write = database.prepare(
    `INSERT OR REPLACE INTO room
       (id, membership, is_encrypted, unread_count, active_at_ms, summary, prev_batch, stripped_state, emitted)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const selectState = database.prepare<[string, string, string], { event: string }>(
    'SELECT event FROM room_state WHERE room_id = ? AND type = ? AND state_key = ?',
  );
  const selectStates = database.prepare<[string], { event: string }>('SELECT event FROM room_state WHERE room_id = ?');
  const selectStatesOfType = database.prepare<[string, string, number], { event: string }>(
    'SELECT event FROM room_state WHERE room_id = ? AND type = ? LIMIT ?',
  );
  const writeState = database.prepare('INSERT OR REPLACE INTO room_state VALUES (?, ?, ?, ?, ?)');
  const markEncrypted = database.prepare('UPDATE room SET is_encrypted = 1 WHERE id = ?');
  // Settings may be renewed; the first of them counts.
  const markSince = database.prepare('INSERT INTO room_encryption VALUES (?, ?) ON CONFLICT (room_id) DO UPDATE SET since_ms = min(since_ms, excluded.since_ms)');
  const erase = database.prepare("UPDATE room_state SET event = json_set(event, '$.content', json('{}')) WHERE event_id = ?");
  const clear = database.prepare('DELETE FROM room_state WHERE room_id = ?');

  const get = (roomId: string): RoomRow | null => {
    const row = select.get(roomId);
    return row === undefined ? null : toRoom(row);
  };
  const stateEvent = (roomId: string, type: string, stateKey = ''): JsonRecord | null => {
    const row = selectState.get(roomId, type, stateKey);
    return row === undefined ? null : asRecord(JSON.parse(row.event));
  };
  const patch = (roomId: string, changes: RoomPatch): void => {
    const old = get(roomId);
    const room = { ...(old ?? emptyRoom), ...changes };
    write.run(
      roomId,
      room.membership,
      room.isEncrypted || old?.isEncrypted === true ? 1 : 0,
      room.unreadCount,
      room.activeAtMs,
      JSON.stringify(room.summary),
      room.prevBatch,
      room.strippedState.length === 0 ? null : JSON.stringify(room.strippedState),
      room.emitted,
    );
  };
  return {
    get,
    all: () => selectAll.all().map(toRoom),
    patch,
    setState(roomId, type, stateKey, event) {
      const eventId = asString(event['event_id']);
      writeState.run(roomId, type, stateKey, isEventId(eventId) ? eventId : null, JSON.stringify(event));
      if (type !== 'm.room.encryption') return;
      markEncrypted.run(roomId);
      const sinceMs = event['origin_server_ts'];
      if (typeof sinceMs === 'number' && Number.isFinite(sinceMs)) markSince.run(roomId, Math.trunc(sinceMs));
    },
    state: (roomId, type, stateKey) => asRecord(stateEvent(roomId, type, stateKey)?.['content']),
    stateEvent,
    stateEvents: (roomId) => selectStates.all(roomId).map((row) => asRecord(JSON.parse(row.event))),
    statesOfType: (roomId, type, limit) => selectStatesOfType.all(roomId, type, limit).map((row) => asRecord(JSON.parse(row.event))),
    eraseState: (eventId) => void erase.run(eventId),
    clearState: (roomId) => void clear.run(roomId),
  };
};

const emptyRoom: Omit<RoomRow, 'id'> = {
  membership: 'joined',
  isEncrypted: false,
  unreadCount: null,
  activeAtMs: null,
  summary: {},
  prevBatch: null,
  strippedState: [],
  emitted: null,
};
