/** Power levels in the words every network shares. @see https://spec.matrix.org/v1.16/client-server-api/#mroompower_levels */
import { nothingAllowed, type RoomPowers, type RoomRank } from '#bridge';
import type { MatrixStore } from '../store/matrix-store.ts';
import { readPowerLevels, type PowerLevels } from './power.ts';

/** What other programs for Matrix call administrator and moderator. */
const ownerLevel = 100;
const adminLevel = 50;

/** Ranks that somebody can be given here: a plain member is one without a level of their own. */
export const roomRanks: readonly RoomRank[] = ['owner', 'admin', 'none', 'banned'];

export const rankOf = (level: number): RoomRank => (level >= ownerLevel ? 'owner' : level >= adminLevel ? 'admin' : 'none');

/** The level that a rank stands for; null: the room's usual one. */
export const levelOf = (rank: RoomRank): number | null => (rank === 'owner' ? ownerLevel : rank === 'admin' ? adminLevel : null);

export const noRoomPowers: RoomPowers = { ...nothingAllowed, ranks: roomRanks };

export const levelsOf = (store: MatrixStore, roomId: string): PowerLevels =>
  readPowerLevels(store.rooms.state(roomId, 'm.room.power_levels'), store.rooms.stateEvent(roomId, 'm.room.create'));

/** What we may do in a room now. Voice is no notion of Matrix, and settings have no form. */
export const powersIn = (store: MatrixStore, roomId: string, selfId: string): RoomPowers => {
  if (store.rooms.get(roomId)?.membership !== 'joined') return noRoomPowers;
  const levels = levelsOf(store, roomId);
  const own = levels.of(selfId);
  const sets = (type: string): boolean => own >= levels.toSetState(type);
  return {
    ...noRoomPowers,
    ownRank: rankOf(own),
    canSetTopic: sets('m.room.topic'),
    canRename: sets('m.room.name'),
    canInvite: own >= levels.toDo('invite'),
    canKick: own >= levels.toDo('kick'),
    canBan: own >= levels.toDo('ban'),
    canSetRank: sets('m.room.power_levels'),
    canDestroy: rankOf(own) === 'owner' && own >= levels.toDo('kick') && sets('m.room.join_rules'),
    canModerate: own >= levels.toDo('redact') && own >= levels.toSend('m.room.redaction'),
    canSetAvatar: sets('m.room.avatar'),
  };
};
