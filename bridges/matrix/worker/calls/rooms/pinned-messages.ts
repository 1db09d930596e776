/** Messages that a room holds up for all (`m.room.pinned_events`). */
import type { MessageTarget } from '#bridge';
import type { RemoteMessageId } from '#model';
import { messageOf } from '../../../ids.ts';
import { mostPinned, pinsType as type, readPins as read } from '../../../receive/pins.ts';
import type { AccountContext } from '../../account-context.ts';
import { BridgeError } from '#bridge';
import { joinedRoom } from '../writable-room.ts';


export const pinnedMessages = (context: AccountContext, roomId: string): readonly RemoteMessageId[] =>
  read(context.store.rooms.state(roomId, type)).map(messageOf);

export const setMessagePinned = async (context: AccountContext, { conversationId, remoteId }: MessageTarget, isPinned: boolean): Promise<void> => {
  joinedRoom(context, conversationId);
  const path = ['rooms', conversationId, 'state', type, ''];
  // As it is at the server now: what somebody else just pinned stays.
  const current = await context.api.get(path).catch((error: unknown) => {
    if (error instanceof BridgeError && error.fault.code === 'not-found') return {};
    throw error;
  });
  const others = read(current).filter((eventId) => eventId !== remoteId);
  if (isPinned && others.length >= mostPinned) throw new BridgeError('rejected', { detail: 'too many pinned messages' });
  await context.api.put(path, { body: { pinned: isPinned ? [...others, remoteId] : others } });
};
