/** The parts of a `/sync` response that we use, checked as far as their containers go. */
import { asArray, asCount, asRecord, asString, entriesOf, type JsonRecord } from '../event-shape.ts';
import { isRoomId } from '../ids.ts';

export interface JoinedRoom {
  readonly roomId: string;
  /** State before the timeline, or after it where the server can (MSC4222); see `isStateAfter`. */
  readonly state: readonly unknown[];
  readonly isStateAfter: boolean;
  readonly timeline: readonly unknown[];
  readonly isLimited: boolean;
  readonly prevBatch: string | null;
  readonly ephemeral: readonly unknown[];
  readonly accountData: readonly unknown[];
  readonly summary: JsonRecord;
  readonly unreadCount: number | null;
}

export interface StrippedRoom {
  readonly roomId: string;
  readonly state: readonly unknown[];
}

export interface SyncResponse {
  readonly nextBatch: string | null;
  readonly accountData: readonly unknown[];
  readonly joined: readonly JoinedRoom[];
  readonly invited: readonly StrippedRoom[];
  readonly knocked: readonly StrippedRoom[];
  readonly left: readonly JoinedRoom[];
}

const eventsOf = (value: unknown): readonly unknown[] => asArray(asRecord(value)['events']);

const readRoom = (roomId: string, value: unknown): JoinedRoom => {
  const room = asRecord(value);
  const timeline = asRecord(room['timeline']);
  const stateAfter = room['state_after'] ?? room['org.matrix.msc4222.state_after'];
  return {
    roomId,
    state: eventsOf(stateAfter ?? room['state']),
    isStateAfter: stateAfter !== undefined,
    timeline: asArray(timeline['events']),
    isLimited: timeline['limited'] === true,
    prevBatch: asString(timeline['prev_batch']) ?? null,
    ephemeral: eventsOf(room['ephemeral']),
    accountData: eventsOf(room['account_data']),
    summary: asRecord(room['summary']),
    unreadCount: asCount(asRecord(room['unread_notifications'])['notification_count']) ?? null,
  };
};

const roomsOf = <Room>(value: unknown, read: (roomId: string, room: unknown) => Room): readonly Room[] =>
  entriesOf(value)
    .filter(([roomId]) => isRoomId(roomId))
    .map(([roomId, room]) => read(roomId, room));

/** @see https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3sync */
export const readSyncResponse = (value: unknown): SyncResponse => {
  const raw = asRecord(value);
  const rooms = asRecord(raw['rooms']);
  return {
    nextBatch: asString(raw['next_batch']) ?? null,
    accountData: eventsOf(raw['account_data']),
    joined: roomsOf(rooms['join'], readRoom),
    left: roomsOf(rooms['leave'], readRoom),
    invited: roomsOf(rooms['invite'], (roomId, room) => ({ roomId, state: eventsOf(asRecord(room)['invite_state']) })),
    knocked: roomsOf(rooms['knock'], (roomId, room) => ({ roomId, state: eventsOf(asRecord(room)['knock_state']) })),
  };
};
