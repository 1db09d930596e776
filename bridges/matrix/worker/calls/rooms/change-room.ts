/** Changes to a room and to the people in it; what comes of them is told by the sync. */
import { BridgeError, type MessageTarget } from '#bridge';
import type { RoomRank } from '#model';
import { entriesOf, type JsonRecord } from '../../../event-shape.ts';
import { isUserId } from '../../../ids.ts';
import { levelOf, rankOf, levelsOf } from '../../../receive/room-powers.ts';
import type { AccountContext } from '../../account-context.ts';
import { uploadBytes } from '../../media.ts';
import { leave } from '../membership.ts';
import { joinedRoom } from '../writable-room.ts';
import { roomMembers } from './room-members.ts';

const putState = async (context: AccountContext, roomId: string, type: string, content: JsonRecord): Promise<void> => {
  joinedRoom(context, roomId);
  await context.api.put(['rooms', roomId, 'state', type, ''], { body: content });
};

const reasoned = (userId: string, reason: string): JsonRecord => ({ user_id: userId, ...(reason === '' ? {} : { reason }) });

const person = (address: string): string => {
  const trimmed: unknown = address.trim();
  if (!isUserId(trimmed)) throw new BridgeError('wrong-address', { detail: address.slice(0, 255) });
  return trimmed;
};

export const setTopic = (context: AccountContext, roomId: string, topic: string): Promise<void> =>
  putState(context, roomId, 'm.room.topic', { topic });

export const rename = (context: AccountContext, roomId: string, name: string): Promise<void> =>
  putState(context, roomId, 'm.room.name', { name });

/** Our name in this one room: the other parts of our membership stay as they are. */
export const setNickname = async (context: AccountContext, roomId: string, nickname: string): Promise<void> => {
  const path = ['rooms', roomId, 'state', 'm.room.member', context.selfId];
  const current = await context.api.get(path);
  await context.api.put(path, { body: { ...current, membership: 'join', displayname: nickname } });
};

export const setRoomAvatar = async (
  context: AccountContext,
  roomId: string,
  image: { readonly mime: string; readonly bytes: Uint8Array } | null,
  signal: AbortSignal,
): Promise<void> => {
  joinedRoom(context, roomId);
  const url = image === null ? null : await uploadBytes(context.api, image, signal);
  const content = url === null || image === null ? {} : { url, info: { mimetype: image.mime, size: image.bytes.byteLength } };
  await putState(context, roomId, 'm.room.avatar', content);
};

export const invite = async (context: AccountContext, roomId: string, address: string, reason: string): Promise<void> => {
  await context.api.post(['rooms', roomId, 'invite'], { body: reasoned(person(address), reason) });
};

export const kick = async (context: AccountContext, roomId: string, userId: string, reason: string): Promise<void> => {
  await context.api.post(['rooms', roomId, 'kick'], { body: reasoned(person(userId), reason) });
};

/** A level is the difference to the room's usual one: who has the usual one is not named. */
const setLevel = async (context: AccountContext, roomId: string, userId: string, rank: RoomRank): Promise<void> => {
  // As the server has it now: what another administrator just changed must not be undone.
  const content = await context.api.get(['rooms', roomId, 'state', 'm.room.power_levels', '']);
  const others = entriesOf(content['users']).filter(([id]) => id !== userId);
  const level = levelOf(rank);
  const users = Object.fromEntries([...others, ...(level === null ? [] : [[userId, level] as const])]);
  await putState(context, roomId, 'm.room.power_levels', { ...content, users });
};

const membershipOf = async (context: AccountContext, roomId: string, userId: string): Promise<unknown> => {
  const path = ['rooms', roomId, 'state', 'm.room.member', userId];
  const known = await context.api.get(path).catch((error: unknown) => {
    if (error instanceof BridgeError && error.fault.code === 'not-found') return {};
    throw error;
  });
  return 'membership' in known ? known.membership : undefined;
};

export const setRank = async (context: AccountContext, roomId: string, userId: string, rank: RoomRank, reason: string): Promise<void> => {
  const target = person(userId);
  if (rank === 'banned') {
    await context.api.post(['rooms', roomId, 'ban'], { body: reasoned(target, reason) });
    return;
  }
  if ((await membershipOf(context, roomId, target)) === 'ban') {
    await context.api.post(['rooms', roomId, 'unban'], { body: reasoned(target, reason) });
    return;
  }
  if (rankOf(levelsOf(context.store, roomId).of(target)) !== rank) await setLevel(context, roomId, target, rank);
};

/** Takes somebody's message away for all. The same transaction again is answered with the first redaction. */
export const moderate = async (context: AccountContext, target: MessageTarget, reason: string): Promise<void> => {
  joinedRoom(context, target.conversationId);
  const transaction = `moderate-${target.remoteId}`;
  await context.api.put(['rooms', target.conversationId, 'redact', target.remoteId, transaction], { body: reason === '' ? {} : { reason } });
};

/** Beyond that a room is closed by its server's administrators. */
const mostRemoved = 200;

/**
 * Matrix knows no end of a room: it is closed to newcomers, everybody is shown out, and we leave and forget it.
 * @throws BridgeError `too-large` for a room with more people than can be shown out
 */
export const destroyRoom = async (context: AccountContext, roomId: string, reason: string): Promise<void> => {
  const others = (await roomMembers(context, roomId, false)).filter(({ isSelf }) => !isSelf);
  if (others.length > mostRemoved) throw new BridgeError('too-large', { detail: `more than ${String(mostRemoved)} people` });
  await putState(context, roomId, 'm.room.join_rules', { join_rule: 'invite' });
  await context.api.put(['directory', 'list', 'room', roomId], { body: { visibility: 'private' } }).catch(() => undefined);
  for (const { address } of others) {
    // Who stands as high as we do stays; the door is shut all the same.
    if (address !== null) await kick(context, roomId, address, reason).catch(ignoreForbidden);
  }
  await leave(context, roomId);
  await context.api.post(['rooms', roomId, 'forget'], { body: {} });
};

const ignoreForbidden = (error: unknown): void => {
  if (!(error instanceof BridgeError) || error.fault.code !== 'forbidden') throw error;
};

