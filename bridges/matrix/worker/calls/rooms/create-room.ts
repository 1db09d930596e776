/** Makes a room, encrypted unless it is open to anybody. */
import { randomBytes } from 'node:crypto';
import { BridgeError, type NewRoom } from '#bridge';
import type { RemoteConversationId } from '#model';
import { conversationOf, isRoomId, isUserId } from '../../../ids.ts';
import type { JsonRecord } from '../../../event-shape.ts';
import type { AccountContext } from '../../account-context.ts';

/** A room that is not listed cannot be found by guessing either. */
export const aliasOf = ({ alias, name, isPublic, isMembersOnly }: Pick<NewRoom, 'alias' | 'name' | 'isPublic' | 'isMembersOnly'>): string | null => {
  if (alias !== undefined && alias.trim() !== '') return alias.trim().replace(/^#/u, '').replace(/:.*$/u, '');
  // Who is invited needs no name to find it by.
  if (isMembersOnly && !isPublic) return null;
  const words = name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .slice(0, 40);
  const unguessable = randomBytes(8).toString('hex');
  if (words === '') return unguessable;
  return isPublic ? words : `${words}-${unguessable}`;
};

const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
const knocking = { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } };

/** The body of `/createRoom`. Listed and for members only: whoever finds it may ask to be let in. */
export const creationOf = (wanted: NewRoom): JsonRecord => {
  const { name, isPublic, isMembersOnly, invite } = wanted;
  const alias = aliasOf(wanted);
  const initialState = isMembersOnly ? [...(isPublic ? [knocking] : []), encryption] : [];
  return {
    name,
    preset: isMembersOnly ? 'private_chat' : 'public_chat',
    visibility: isPublic ? 'public' : 'private',
    ...(alias === null ? {} : { room_alias_name: alias }),
    invite: [...new Set(invite.map((address) => address.trim()))],
    initial_state: initialState,
  };
};

/** Says in our words why a room could not be made. @throws BridgeError always */
export const aliasTaken = (error: unknown): never => {
  const detail = error instanceof BridgeError ? (error.fault.detail ?? '') : '';
  if (detail.startsWith('M_ROOM_IN_USE')) throw new BridgeError('conflict', { detail: 'alias-taken' });
  throw error;
};

/** @throws BridgeError `conflict` with `alias-taken`, `wrong-address` for somebody who cannot be invited, `forbidden` */
export const createRoom = async (context: AccountContext, wanted: NewRoom): Promise<RemoteConversationId> => {
  const stranger = wanted.invite.find((address) => !isUserId(address.trim()));
  if (stranger !== undefined) throw new BridgeError('wrong-address', { detail: stranger.slice(0, 255) });
  const answer = await context.api.post(['createRoom'], { body: creationOf(wanted) }).catch(aliasTaken);
  const roomId = answer['room_id'];
  if (!isRoomId(roomId)) throw new BridgeError('server-incompatible', { detail: 'room without an id' });
  // The server makes it step by step, and a sync may come in between.
  await context.untilSynced(() => {
    const room = context.store.rooms.get(roomId);
    const isNamed = 'name' in context.store.rooms.state(roomId, 'm.room.name');
    return room?.membership === 'joined' && isNamed && (room.isEncrypted || !wanted.isMembersOnly);
  });
  await context.publish([]);
  return conversationOf(roomId);
};
