/** What we may do in a room, as the session needs it for `capabilities`. */
import { isUpgraded, readPowerLevels } from '../receive/power.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { RoomAbilities } from './protocol.ts';

export const readRoomAbilities = (store: MatrixStore, roomId: string, selfId: string): RoomAbilities => {
  const room = store.rooms.get(roomId);
  const levels = readPowerLevels(store.rooms.state(roomId, 'm.room.power_levels'), store.rooms.stateEvent(roomId, 'm.room.create'));
  const own = levels.of(selfId);
  const isOpen = !isUpgraded(store.rooms.state(roomId, 'm.room.tombstone'));
  return {
    roomId,
    isJoined: room?.membership === 'joined',
    isEncrypted: room?.isEncrypted ?? false,
    canSend: isOpen && own >= levels.toSend('m.room.message'),
    canReact: isOpen && own >= levels.toSend('m.reaction'),
    canRedact: own >= levels.toSend('m.room.redaction'),
  };
};
