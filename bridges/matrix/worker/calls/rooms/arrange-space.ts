/** Spaces of our own: making them, and what lies in them. @see https://spec.matrix.org/v1.16/client-server-api/#spaces */
import { BridgeError, type FolderPlace, type NewFolder } from '#bridge';
import { asArray, asRecord, type JsonRecord } from '../../../event-shape.ts';
import { isRoomId, isUserId } from '../../../ids.ts';
import { ordersAfterMove } from '../../../order-keys.ts';
import { isSpace } from '../../../receive/conversation.ts';
import { levelsOf } from '../../../receive/room-powers.ts';
import { readSpaceChildren } from '../../../receive/space-children.ts';
import type { AccountContext } from '../../account-context.ts';
import { joinedRoom } from '../writable-room.ts';
import { aliasOf, aliasTaken } from './create-room.ts';
import { isServerName } from './room-address.ts';

const childType = 'm.space.child';
const parentType = 'm.space.parent';
const mostSpaces = 500;
const mostVia = 3;
/** One request each: a longer list is not put into a new order from here. */
const mostMoves = 200;

const serverOf = (userId: string): string => userId.slice(userId.indexOf(':') + 1);

/** Servers by which others find a room: ours, then those with most people in it. */
const viaOf = (context: AccountContext, roomId: string): readonly string[] => {
  const own = serverOf(context.selfId);
  const counts = new Map<string, number>();
  for (const event of context.store.rooms.statesOfType(roomId, 'm.room.member', 2_000)) {
    const userId = event['state_key'];
    if (!isUserId(userId) || asRecord(event['content'])['membership'] !== 'join') continue;
    const server = serverOf(userId);
    if (server !== own && isServerName(server)) counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  const others = [...counts].sort((a, b) => b[1] - a[1]).map(([server]) => server);
  return [own, ...others].slice(0, mostVia);
};

const joinedSpace = (context: AccountContext, spaceId: string): void => {
  if (!isSpace(context.store, joinedRoom(context, spaceId))) throw new BridgeError('not-found', { detail: 'no space' });
};

const maySet = (context: AccountContext, roomId: string, type: string): boolean => {
  const levels = levelsOf(context.store, roomId);
  return levels.of(context.selfId) >= levels.toSetState(type);
};

const putState = (context: AccountContext, roomId: string, type: string, key: string, content: JsonRecord): Promise<unknown> =>
  context.api.put(['rooms', roomId, 'state', type, key], { body: content });

const childIds = (context: AccountContext, spaceId: string): readonly string[] =>
  readSpaceChildren(context.store, spaceId).map(({ id }) => id);

/** True when `inner` is `outer`, or lies in it at any depth. */
const holds = (context: AccountContext, outer: string, inner: string): boolean => {
  const seen = new Set<string>([outer]);
  for (const id of seen) {
    if (id === inner) return true;
    if (seen.size < mostSpaces) for (const child of childIds(context, id)) seen.add(child);
  }
  return false;
};

/** The room says where it belongs, where we may let it say so; only the first space is the one to show it under. */
const sayParent = async (context: AccountContext, spaceId: string, roomId: string): Promise<void> => {
  if (!maySet(context, roomId, parentType)) return;
  const others = context.store.rooms.statesOfType(roomId, parentType, mostSpaces);
  const hasCanonical = others.some((event) => event['state_key'] !== spaceId && asRecord(event['content'])['canonical'] === true);
  await putState(context, roomId, parentType, spaceId, { via: viaOf(context, spaceId), canonical: !hasCanonical });
};

const unsayParent = async (context: AccountContext, spaceId: string, roomId: string): Promise<void> => {
  const room = context.store.rooms.get(roomId);
  if (room?.membership !== 'joined' || !maySet(context, roomId, parentType)) return;
  if (asArray(context.store.rooms.state(roomId, parentType, spaceId)['via']).length === 0) return;
  await putState(context, roomId, parentType, spaceId, {});
};

/** Right in the space afterwards, at its end. */
export const putIntoSpace = async (context: AccountContext, spaceId: string, roomId: string): Promise<void> => {
  joinedSpace(context, spaceId);
  joinedRoom(context, roomId);
  if (holds(context, roomId, spaceId)) throw new BridgeError('conflict', { detail: 'a space inside of itself' });
  if (!childIds(context, spaceId).includes(roomId)) {
    await putState(context, spaceId, childType, roomId, { via: viaOf(context, roomId) });
    await context.untilSynced(() => childIds(context, spaceId).includes(roomId));
  }
  await sayParent(context, spaceId, roomId);
  await context.publish([]);
};

export const takeFromSpace = async (context: AccountContext, spaceId: string, roomId: string): Promise<void> => {
  joinedSpace(context, spaceId);
  if (!isRoomId(roomId)) throw new BridgeError('not-found', { detail: 'no room' });
  // An event that exists cannot be unmade; one without `via` counts as none.
  await putState(context, spaceId, childType, roomId, {});
  await unsayParent(context, spaceId, roomId);
  await context.untilSynced(() => !childIds(context, spaceId).includes(roomId));
  await context.publish([]);
};

export const moveInSpace = async (context: AccountContext, spaceId: string, roomId: string, beforeId: string | null): Promise<void> => {
  joinedSpace(context, spaceId);
  const children = readSpaceChildren(context.store, spaceId);
  const orders = ordersAfterMove(children, roomId, beforeId);
  if (orders === null) throw new BridgeError('not-found', { detail: 'not in this space' });
  if (orders.size > mostMoves) throw new BridgeError('too-large', { detail: `more than ${String(mostMoves)} places` });
  const contents = new Map(children.map(({ id, content }) => [id, content]));
  for (const [id, order] of orders) await putState(context, spaceId, childType, id, { ...contents.get(id), order });
  await context.untilSynced(() => readSpaceChildren(context.store, spaceId).every(({ id, order }) => (orders.get(id) ?? order) === order));
  await context.publish([]);
};

export const canArrangeSpace = (context: AccountContext, spaceId: string): boolean => {
  joinedSpace(context, spaceId);
  return maySet(context, spaceId, childType);
};

/** All spaces we are in, and whether the room lies right in each. */
export const spacesOfRoom = (context: AccountContext, roomId: string): readonly FolderPlace[] =>
  context.store.rooms
    .all()
    .filter((room) => room.membership === 'joined' && isSpace(context.store, room))
    .slice(0, mostSpaces)
    .map(({ id }) => ({ folderId: id, isIn: childIds(context, id).includes(roomId), canArrange: maySet(context, id, childType) }));

/** The body of `/createRoom`. Nobody talks in a space: only who keeps it may write into it. */
export const spaceCreationOf = (wanted: NewFolder): JsonRecord => {
  const alias = aliasOf({ ...wanted, isMembersOnly: !wanted.isPublic });
  return {
    name: wanted.name,
    ...(wanted.topic === '' ? {} : { topic: wanted.topic }),
    preset: wanted.isPublic ? 'public_chat' : 'private_chat',
    visibility: wanted.isPublic ? 'public' : 'private',
    ...(alias === null ? {} : { room_alias_name: alias }),
    creation_content: { type: 'm.space' },
    power_level_content_override: { events_default: 100 },
    invite: [...new Set(wanted.invite.map((address) => address.trim()))],
  };
};

/** @throws BridgeError `conflict` with `alias-taken`, `wrong-address` for somebody who cannot be invited, `forbidden` */
export const createSpace = async (context: AccountContext, wanted: NewFolder): Promise<string> => {
  const stranger = wanted.invite.find((address) => !isUserId(address.trim()));
  if (stranger !== undefined) throw new BridgeError('wrong-address', { detail: stranger.slice(0, 255) });
  if (wanted.parentId !== null) joinedSpace(context, wanted.parentId);
  const answer = await context.api.post(['createRoom'], { body: spaceCreationOf(wanted) }).catch(aliasTaken);
  const spaceId = answer['room_id'];
  if (!isRoomId(spaceId)) throw new BridgeError('server-incompatible', { detail: 'room without an id' });
  // The server makes it step by step, and a sync may come in between.
  await context.untilSynced(
    () => context.store.rooms.get(spaceId)?.membership === 'joined' && 'name' in context.store.rooms.state(spaceId, 'm.room.name'),
  );
  if (wanted.parentId === null) await context.publish([]);
  else await putIntoSpace(context, wanted.parentId, spaceId);
  return spaceId;
};
