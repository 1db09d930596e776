/** Invitations and leaving. */
import { BridgeError } from '#bridge';
import { readDirectRooms } from '../../store/account-data.ts';
import { asArray, asRecord, type JsonRecord } from '../../event-shape.ts';
import { isBridgeBot } from '../../bridged/room-bridge.ts';
import { inviterOf } from '../../receive/conversation.ts';
import type { AccountContext } from '../account-context.ts';

/** The server's `m.direct` as it is now; ours may be a moment behind another device's. */
const fetchDirectContent = async (context: AccountContext): Promise<JsonRecord> => {
  const path = ['user', context.selfId, 'account_data', 'm.direct'];
  return context.api.get(path).catch((error: unknown) => {
    if (error instanceof BridgeError && error.fault.code === 'not-found') return {};
    throw error;
  });
};

/** Writes down that a room is the conversation with one person. @see m.direct in the client-server API */
export const markDirect = async (context: AccountContext, roomId: string, userId: string): Promise<void> => {
  const content = await fetchDirectContent(context);
  if (readDirectRooms(content).get(roomId) === userId) return;
  const rooms = [...asArray(new Map(Object.entries(content)).get(userId)), roomId];
  const body = Object.fromEntries([...Object.entries(content), [userId, rooms]]);
  await context.api.put(['user', context.selfId, 'account_data', 'm.direct'], { body });
};

/** Joins the room we were invited to; resolves when it shows as joined. */
export const accept = async (context: AccountContext, roomId: string): Promise<void> => {
  const room = context.store.rooms.get(roomId);
  const inviter = room === null ? null : inviterOf(room, context.selfId);
  // A bridge's bot invites to chats with others; what the room says of itself tells with whom.
  const isPeer = inviter !== null && inviter.isDirect && !isBridgeBot(context.store, inviter.userId, context.selfId);
  const peer = isPeer ? inviter.userId : null;
  // First, else the room would be a nameless group the moment we are in it.
  if (peer !== null) await markDirect(context, roomId, peer);
  await context.api.post(['rooms', roomId, 'join'], { body: {} });
  await context.untilSynced(() => {
    const isJoined = context.store.rooms.get(roomId)?.membership === 'joined';
    return isJoined && (peer === null || context.store.accountData.directRooms().get(roomId) === peer);
  });
};

export const leave = async (context: AccountContext, roomId: string): Promise<void> => {
  await context.api.post(['rooms', roomId, 'leave'], { body: {} });
  await context.untilSynced(() => context.store.rooms.get(roomId)?.membership === 'left');
};

/** True when this person is in the room, or invited to it. */
export const isIn = (context: AccountContext, roomId: string, userId: string): boolean => {
  const membership = asRecord(context.store.rooms.state(roomId, 'm.room.member', userId))['membership'];
  return membership === 'join' || membership === 'invite';
};
