/** Account data: of the whole account and per room. `m.direct` says which rooms are conversations of two. */
import { asArray, asRecord, entriesOf, type JsonRecord } from '../event-shape.ts';
import { isRoomId, isUserId } from '../ids.ts';
import type { NotifyLevel } from '#model';
import { readNotifyLevels } from '../receive/push-rules.ts';
import type { MatrixDatabase } from './database.ts';

export interface AccountData {
  set(type: string, event: JsonRecord): void;
  setForRoom(roomId: string, type: string, event: JsonRecord): void;
  content(type: string): JsonRecord;
  contentOfRoom(roomId: string, type: string): JsonRecord;
  /** Rooms that do not ask for attention with every message, by their push rules. */
  notifyLevels(): ReadonlyMap<string, NotifyLevel>;
  all(): readonly JsonRecord[];
  allOfRoom(roomId: string): readonly JsonRecord[];
  /** Room id → the other person, by `m.direct`. */
  directRooms(): ReadonlyMap<string, string>;
}

/** Reads the content of `m.direct`: `{userId: [roomId, …]}`. Anything else in it is passed over. */
export const readDirectRooms = (content: unknown): ReadonlyMap<string, string> => {
  const peers = new Map<string, string>();
  for (const [userId, rooms] of entriesOf(content)) {
    if (!isUserId(userId)) continue;
    for (const roomId of asArray(rooms)) if (isRoomId(roomId)) peers.set(roomId, userId);
  }
  return peers;
};

export const createAccountData = (database: MatrixDatabase): AccountData => {
  const write = database.prepare('INSERT OR REPLACE INTO account_data VALUES (?, ?)');
  const writeForRoom = database.prepare('INSERT OR REPLACE INTO room_account_data VALUES (?, ?, ?)');
  const select = database.prepare<[string], { event: string }>('SELECT event FROM account_data WHERE type = ?');
  const selectAll = database.prepare<[], { event: string }>('SELECT event FROM account_data');
  const selectRoom = database.prepare<[string], { event: string }>('SELECT event FROM room_account_data WHERE room_id = ?');
  const content = (type: string): JsonRecord => {
    const row = select.get(type);
    return row === undefined ? {} : asRecord(asRecord(JSON.parse(row.event))['content']);
  };
  const selectOfRoom = database.prepare<[string, string], { event: string }>(
    'SELECT event FROM room_account_data WHERE room_id = ? AND type = ?',
  );
  let notifyLevels: ReadonlyMap<string, NotifyLevel> | null = null;
  let directRooms: ReadonlyMap<string, string> | null = null;
  return {
    set(type, event) {
      write.run(type, JSON.stringify(event));
      if (type === 'm.direct') directRooms = null;
      if (type === 'm.push_rules') notifyLevels = null;
    },
    setForRoom: (roomId, type, event) => void writeForRoom.run(roomId, type, JSON.stringify(event)),
    content,
    contentOfRoom(roomId, type) {
      const row = selectOfRoom.get(roomId, type);
      return row === undefined ? {} : asRecord(asRecord(JSON.parse(row.event))['content']);
    },
    notifyLevels: () => (notifyLevels ??= readNotifyLevels(content('m.push_rules'))),
    all: () => selectAll.all().map((row) => asRecord(JSON.parse(row.event))),
    allOfRoom: (roomId) => selectRoom.all(roomId).map((row) => asRecord(JSON.parse(row.event))),
    directRooms: () => (directRooms ??= readDirectRooms(content('m.direct'))),
  };
};
