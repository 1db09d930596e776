/** Finds or opens the conversation with a person, or joins a room by its name. */
import { BridgeError } from '#bridge';
import type { RemoteConversationId } from '#model';
import { conversationOf, isRoomAlias, isRoomId, isUserId } from '../../ids.ts';
import type { AccountContext } from '../account-context.ts';
import { accept, isIn, markDirect } from './membership.ts';

const findDirectRoom = (context: AccountContext, userId: string): { roomId: string; isInvitation: boolean } | null => {
  const { rooms, accountData } = context.store;
  for (const [roomId, peer] of accountData.directRooms()) {
    if (peer !== userId) continue;
    if (rooms.get(roomId)?.membership === 'joined' && isIn(context, roomId, userId)) return { roomId, isInvitation: false };
  }
  const invitation = rooms.all().find((room) => room.membership === 'invited' && room.emitted?.includes(`"${userId}"`));
  return invitation === undefined ? null : { roomId: invitation.id, isInvitation: true };
};

const openDirectRoom = async (context: AccountContext, userId: string): Promise<string> => {
  // Asked first: many servers invite people who do not exist.
  await context.api.get(['profile', userId]).catch((error: unknown) => {
    if (error instanceof BridgeError && error.fault.code === 'not-found') {
      throw new BridgeError('not-found', { detail: userId });
    }
    // Some servers keep profiles to themselves; the invitation will tell.
    if (!(error instanceof BridgeError) || error.fault.code !== 'forbidden') throw error;
  });
  const body = { is_direct: true, invite: [userId], preset: 'trusted_private_chat' };
  const answer = await context.api.post(['createRoom'], { body });
  const roomId = answer['room_id'];
  if (!isRoomId(roomId)) throw new BridgeError('server-incompatible', { detail: 'room without an id' });
  await markDirect(context, roomId, userId);
  return roomId;
};

const joinRoom = async (context: AccountContext, address: string): Promise<string> => {
  const answer = await context.api.post(['join', address], { body: {} });
  const roomId = answer['room_id'];
  if (!isRoomId(roomId)) throw new BridgeError('server-incompatible', { detail: 'room without an id' });
  return roomId;
};

const openDirect = async (context: AccountContext, userId: string): Promise<RemoteConversationId> => {
  if (userId === context.selfId) throw new BridgeError('wrong-address', { detail: 'that is you' });
  const found = findDirectRoom(context, userId);
  if (found?.isInvitation === true) await accept(context, found.roomId);
  const roomId = found?.roomId ?? (await openDirectRoom(context, userId));
  await context.untilSynced(() => {
    const isJoined = context.store.rooms.get(roomId)?.membership === 'joined';
    return isJoined && context.store.accountData.directRooms().get(roomId) === userId;
  });
  await context.publish([]);
  return conversationOf(roomId);
};

/**
 * `@user:server`, `#alias:server` or `!room`. Resolves when the engine has the conversation.
 * @throws BridgeError `wrong-address`, `not-found`, `forbidden`, or what keeps the server from answering.
 */
export const startConversation = async (context: AccountContext, address: string): Promise<RemoteConversationId> => {
  const trimmed: unknown = address.trim();
  if (isUserId(trimmed)) return openDirect(context, trimmed);
  if (!isRoomAlias(trimmed) && !isRoomId(trimmed)) throw new BridgeError('wrong-address', { detail: address.slice(0, 255) });
  const roomId = await joinRoom(context, trimmed);
  await context.untilSynced(() => context.store.rooms.get(roomId)?.membership === 'joined');
  await context.publish([]);
  return conversationOf(roomId);
};
