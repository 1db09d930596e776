/** What we may do in a room, as the session needs it for `capabilities`. */
import { bridgeOfRoom } from '../bridged/room-bridge.ts';
import { limitsOfRoom } from '../bridged/room-limits.ts';
import { isUpgraded } from '../receive/power.ts';
import { levelsOf, powersIn } from '../receive/room-powers.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { RoomAbilities } from './protocol.ts';

export const readRoomAbilities = (store: MatrixStore, roomId: string, selfId: string): RoomAbilities => {
  const room = store.rooms.get(roomId);
  const bridge = room === null ? null : bridgeOfRoom(store, room, selfId);
  const levels = levelsOf(store, roomId);
  const own = levels.of(selfId);
  const isOpen = !isUpgraded(store.rooms.state(roomId, 'm.room.tombstone'));
  return {
    roomId,
    ...(bridge === null ? {} : { limits: limitsOfRoom(store, roomId, bridge) }),
    isJoined: room?.membership === 'joined',
    isEncrypted: room?.isEncrypted ?? false,
    hasMoved: !isOpen,
    canSend: isOpen && own >= levels.toSend('m.room.message'),
    canReact: isOpen && own >= levels.toSend('m.reaction'),
    canRedact: own >= levels.toSend('m.room.redaction'),
    canPin: isOpen && own >= levels.toSetState('m.room.pinned_events'),
    canVote: isOpen && own >= levels.toSend('org.matrix.msc3381.poll.response'),
    // Whether a bridge takes one to its network nobody says.
    canMakePolls: isOpen && bridge === null && own >= levels.toSend('org.matrix.msc3381.poll.start'),
    powers: powersIn(store, roomId, selfId),
  };
};
