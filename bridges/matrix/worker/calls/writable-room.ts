/** The guard before anything is written into a room. */
import { BridgeError } from '#bridge';
import type { RoomRow } from '../../store/rooms.ts';
import type { AccountContext } from '../account-context.ts';

/** @throws BridgeError `offline` until the sync has caught up, `not-found`, `forbidden` when we are not in it. */
export const joinedRoom = (context: AccountContext, roomId: string): RoomRow => {
  // A room may have become encrypted while we were away: without its present state nothing goes out.
  if (!context.isCaughtUp()) throw new BridgeError('offline');
  const room = context.store.rooms.get(roomId);
  if (room === null) throw new BridgeError('not-found', { detail: 'unknown room' });
  if (room.membership !== 'joined') throw new BridgeError('forbidden', { detail: 'not in this room' });
  return room;
};

/** @throws BridgeError also `offline` while an encrypted room's keys are not open. */
export const writableRoom = (context: AccountContext, roomId: string): RoomRow => {
  const room = joinedRoom(context, roomId);
  if (room.isEncrypted) context.crypto();
  return room;
};
