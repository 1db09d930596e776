/** Single conversations and people, on request. */
import { BridgeError } from '#bridge';
import type { RemoteConversation, RemotePerson } from '#model';
import { asName } from '../../event-shape.ts';
import { networkOfPerson } from '../../bridged/room-bridge.ts';
import { describeConversation } from '../../receive/conversation.ts';
import { describePerson } from '../../receive/members.ts';
import type { AccountContext } from '../account-context.ts';

/** @throws BridgeError `not-found` for a room we are not told of. */
export const loadConversation = (context: AccountContext, roomId: string): RemoteConversation => {
  const room = context.store.rooms.get(roomId);
  if (room === null) throw new BridgeError('not-found', { detail: 'unknown room' });
  return describeConversation(context.store, room, context.selfId);
};

export const loadPerson = async (context: AccountContext, userId: string): Promise<RemotePerson> => {
  const known = context.store.people.name(userId);
  const network = networkOfPerson(context.store, userId, context.selfId);
  if (known !== null) return { ...describePerson(userId, known, context.selfId), ...network };
  const profile = await context.api.get(['profile', userId]);
  return { ...describePerson(userId, asName(profile['displayname']), context.selfId), ...network };
};
