/** Enters a room, or asks to be let in where that is the way. */
import { BridgeError } from '#bridge';
import type { RemoteConversationId } from '#model';
import type { JsonRecord } from '../../../event-shape.ts';
import { conversationOf, isRoomId } from '../../../ids.ts';
import { accept } from '../membership.ts';
import type { AccountContext } from '../../account-context.ts';
import { readRoomAddress, type RoomAddress } from './room-address.ts';

/** Servers of old know `server_name`, newer ones `via`; each passes over what it does not know. */
const queryOf = (via: readonly string[]): string => {
  const query = new URLSearchParams();
  for (const server of via) {
    query.append('server_name', server);
    query.append('via', server);
  }
  return query.toString();
};

const ask = async (context: AccountContext, verb: 'join' | 'knock', { room, via }: RoomAddress, body: JsonRecord = {}): Promise<string> => {
  const answer = await context.api.post([verb, room], { body, search: queryOf(via) });
  const roomId = answer['room_id'];
  if (!isRoomId(roomId)) throw new BridgeError('server-incompatible', { detail: 'room without an id' });
  return roomId;
};

/** Why a room does not let us in, in words that the interface has a sentence for. */
const refusalOf = (error: BridgeError): BridgeError => {
  const isBan = /\bbanned\b/iu.test(error.fault.detail ?? '');
  return new BridgeError('forbidden', { detail: isBan ? 'banned' : 'members-only' });
};

const isForbidden = (error: unknown): error is BridgeError => error instanceof BridgeError && error.fault.code === 'forbidden';

/**
 * @param words for those who decide; to knock again with words is to say them
 * @see https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3knockroomidoralias
 * @throws BridgeError `forbidden` with `knocked` when we asked to be let in, `members-only`, `banned`
 */
const knock = async (context: AccountContext, address: RoomAddress, refusal: BridgeError, words?: string): Promise<never> => {
  if (refusal.fault.detail === 'banned') throw refusal;
  await ask(context, 'knock', address, words === undefined ? {} : { reason: words }).catch((error: unknown) => {
    throw isForbidden(error) || (error instanceof BridgeError && error.fault.code === 'unsupported') ? refusal : error;
  });
  throw new BridgeError('forbidden', { detail: 'knocked' });
};

/** @throws BridgeError `wrong-address`, `not-found`, `forbidden` as {@link knock} */
export const joinRoom = async (context: AccountContext, text: string, words?: string): Promise<RemoteConversationId> => {
  const address = readRoomAddress(text);
  if (address === null) throw new BridgeError('wrong-address', { detail: text.slice(0, 255) });
  const roomId = await ask(context, 'join', address).catch(async (error: unknown) => {
    if (isForbidden(error)) return await knock(context, address, refusalOf(error), words);
    throw error;
  });
  await context.untilSynced(() => context.store.rooms.get(roomId)?.membership === 'joined');
  await context.publish([]);
  return conversationOf(roomId);
};

/** Enters a room that we know: an invitation, or one that was left. */
export const enterRoom = async (context: AccountContext, roomId: string): Promise<void> => {
  if (context.store.rooms.get(roomId)?.membership === 'invited') await accept(context, roomId);
  else await joinRoom(context, roomId);
};
