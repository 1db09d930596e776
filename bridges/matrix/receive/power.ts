/** Power levels: who may do what in a room. @see https://spec.matrix.org/v1.16/client-server-api/#mroompower_levels */
import { asArray, asRecord, asString, type JsonRecord } from '../event-shape.ts';

export interface PowerLevels {
  of(userId: string): number;
  /** Level needed to send a message event of this type. */
  toSend(type: string): number;
  /** Level needed to change a state event of this type. */
  toSetState(type: string): number;
  toDo(action: 'invite' | 'kick' | 'ban' | 'redact'): number;
  /** Level needed to call everybody in the room. */
  toCallAll(): number;
  /** Level of everybody who is not named. */
  readonly usersDefault: number;
}

const number = (value: unknown, fallback: number): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  // Rooms of before version 10 may hold numbers as text.
  return typeof value === 'string' && /^-?\d{1,15}$/u.test(value) ? Number(value) : fallback;
};

/** Reads the levels of a room from its `m.room.power_levels` content and its `m.room.create` event. */
export const readPowerLevels = (levels: JsonRecord, create: JsonRecord | null): PowerLevels => {
  const users = new Map(Object.entries(asRecord(levels['users'])));
  const events = new Map(Object.entries(asRecord(levels['events'])));
  const createContent = asRecord(create?.['content']);
  const version = number(createContent['room_version'], 1);
  const creators = new Set<unknown>([create?.['sender'], ...asArray(createContent['additional_creators'])]);
  const hasLevels = Object.keys(levels).length > 0;
  return {
    of(userId) {
      // Since version 12 creators stand above all levels.
      if (version >= 12 && creators.has(userId)) return Number.POSITIVE_INFINITY;
      if (!hasLevels && creators.has(userId)) return 100;
      return number(users.get(userId), number(levels['users_default'], 0));
    },
    toSend: (type) => number(events.get(type), number(levels['events_default'], 0)),
    toSetState: (type) => number(events.get(type), number(levels['state_default'], hasLevels ? 50 : 0)),
    toDo: (action) => number(levels[action], action === 'invite' ? 0 : 50),
    toCallAll: () => number(asRecord(levels['notifications'])['room'], 50),
    usersDefault: number(levels['users_default'], 0),
  };
};

/** A role worth showing, by the usual levels. */
export const roleOf = (level: number): string | null => (level >= 100 ? 'admin' : level >= 50 ? 'moderator' : null);

/** `"12"` and the like; servers may name experimental versions as they please. */
export const isUpgraded = (tombstone: JsonRecord): boolean => asString(tombstone['replacement_room']) !== undefined;
