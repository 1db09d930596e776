import { BridgeError, type BridgeSession, type MessageTarget, type RoomAbility, type RoomMember } from '#bridge';
import type { AccountId, RemoteConversationId, RemotePersonId } from '#model';
import type { AddressId, ConversationId, MessageId, RoomMemberRow } from '#rpc';
import type { Publisher } from '../../publisher.ts';
import type { WritableDb } from '../../store/database.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import { addresses } from '../../store/repositories/addresses.ts';
import { conversations } from '../../store/repositories/conversations.ts';
import { messages } from '../../store/repositories/messages.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface RoomHandlerDeps {
  readonly db: WritableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly publisher: Publisher;
}

/** A search that hangs must not hang for ever. */
const searchDeadlineMs = 30_000;
const mostMembers = 5_000;
const done = { isDone: true } as const;

/** Everything about rooms that goes straight to the network: what changes comes back as events. */
export const createRoomHandlers = ({ db, sessionOf, publisher }: RoomHandlerDeps): DomainHandlers<'rooms'> => {
  /** @throws BridgeError `offline`, `unsupported` */
  const abilityOf = (accountId: AccountId): RoomAbility => {
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    if (session.rooms === undefined) throw new BridgeError('unsupported');
    return session.rooms;
  };
  const ofAccount = (accountId: AccountId): RoomAbility => {
    if (accounts.get(db, accountId) === null) throw notFound('account');
    return abilityOf(accountId);
  };
  const room = (id: ConversationId): { readonly rooms: RoomAbility; readonly remoteId: RemoteConversationId; readonly accountId: AccountId } => {
    const conversation = conversations.get(db, id);
    if (conversation === null) throw notFound('conversation');
    if (conversation.kind === 'direct') throw new RpcFailure('not-possible', 'this conversation is no room');
    const { accountId, remoteId } = conversation;
    return { rooms: abilityOf(accountId), remoteId, accountId };
  };
  const storedId = (accountId: AccountId, remoteId: RemoteConversationId): { readonly id: ConversationId } => {
    const id = conversations.findId(db, accountId, remoteId);
    if (id === null) throw new RpcFailure('not-found', 'the network did not tell about this room');
    publisher.conversationChanged(id);
    return { id };
  };
  const personOf = (accountId: AccountId, memberId: AddressId): RemotePersonId => {
    const address = addresses.get(db, memberId);
    if (address === null || address.accountId !== accountId) throw notFound('member');
    return address.remoteId;
  };
  const toRow = (accountId: AccountId, { personId, reason, ...member }: RoomMember): RoomMemberRow => ({
    ...member,
    id: personId === null ? null : (addresses.find(db, accountId, personId)?.id ?? null),
    reason: reason ?? null,
  });

  return {
    'rooms.create': async ({ accountId, alias, service, ...wanted }) => {
      const made = { ...wanted, ...(alias === null ? {} : { alias }), ...(service === null ? {} : { service }) };
      return storedId(accountId, await ofAccount(accountId).create(made));
    },
    'rooms.join': async ({ accountId, address, password, nickname, words }) => {
      const options = { ...(password === null ? {} : { password }), ...(nickname === null ? {} : { nickname }), ...(words === undefined ? {} : { words }) };
      return storedId(accountId, await ofAccount(accountId).join(address.trim(), options));
    },
    'rooms.enter': async ({ id, password, nickname }) => {
      const conversation = conversations.get(db, id);
      const session = conversation === null ? null : sessionOf(conversation.accountId);
      if (conversation !== null && session !== null && session.rooms?.enter === undefined) {
        // A network without passwords and nicknames: its invitation is simply taken.
        if (session.membership === undefined) throw new BridgeError('unsupported');
        await session.membership.accept(conversation.remoteId);
      } else {
        const { rooms, remoteId } = room(id);
        await rooms.enter?.(remoteId, { ...(password === null ? {} : { password }), ...(nickname === null ? {} : { nickname }) });
      }
      conversations.setMembership(db, id, 'joined');
      publisher.conversationChanged(id);
      return done;
    },
    'rooms.search': async ({ accountId, text, service, next }) =>
      ofAccount(accountId).search(text.trim(), service, next, AbortSignal.timeout(searchDeadlineMs)),
    'rooms.powers': ({ id }) => {
      const { rooms, remoteId } = room(id);
      return rooms.powers(remoteId);
    },
    'rooms.members': async ({ id, includeBanned }) => {
      const { rooms, remoteId, accountId } = room(id);
      const members = await rooms.members(remoteId, includeBanned);
      return { members: members.slice(0, mostMembers).map((member) => toRow(accountId, member)) };
    },
    'rooms.setTopic': async ({ id, topic }) => {
      const { rooms, remoteId } = room(id);
      await rooms.setTopic(remoteId, topic);
      return done;
    },
    'rooms.rename': async ({ id, name }) => {
      const { rooms, remoteId } = room(id);
      await rooms.rename(remoteId, name.trim());
      return done;
    },
    'rooms.setNickname': async ({ id, nickname }) => {
      const { rooms, remoteId } = room(id);
      await rooms.setNickname(remoteId, nickname.trim());
      return done;
    },
    'rooms.setAvatar': async ({ id, image }) => {
      const { rooms, remoteId } = room(id);
      await rooms.setAvatar(remoteId, image && { mime: image.mime, bytes: Buffer.from(image.base64, 'base64') });
      return done;
    },
    'rooms.invite': async ({ id, address, reason }) => {
      const { rooms, remoteId } = room(id);
      await rooms.invite(remoteId, address.trim(), reason.trim());
      return done;
    },
    'rooms.kick': async ({ id, memberId, reason }) => {
      const { rooms, remoteId, accountId } = room(id);
      await rooms.kick(remoteId, personOf(accountId, memberId), reason.trim());
      return done;
    },
    'rooms.setVoice': async ({ id, memberId, hasVoice }) => {
      const { rooms, remoteId, accountId } = room(id);
      await rooms.setVoice(remoteId, personOf(accountId, memberId), hasVoice);
      return done;
    },
    'rooms.askVoice': async ({ id }) => {
      const { rooms, remoteId } = room(id);
      if (rooms.askVoice === undefined) throw new BridgeError('unsupported');
      await rooms.askVoice(remoteId);
      return done;
    },
    'rooms.answerVoice': async ({ id, memberId, isAllowed }) => {
      const { rooms, remoteId, accountId } = room(id);
      if (rooms.answerVoice === undefined) throw new BridgeError('unsupported');
      await rooms.answerVoice(remoteId, personOf(accountId, memberId), isAllowed);
      return done;
    },
    'rooms.setRank': async ({ id, who, rank, reason }) => {
      const { rooms, remoteId, accountId } = room(id);
      const target = 'address' in who ? { address: who.address.trim() } : { personId: personOf(accountId, who.memberId) };
      await rooms.setRank(remoteId, target, rank, reason.trim());
      return done;
    },
    'rooms.destroy': async ({ id, reason }) => {
      const { rooms, remoteId } = room(id);
      await rooms.destroy(remoteId, reason.trim());
      return done;
    },
    'rooms.moderate': async ({ messageId, reason }) => {
      const { rooms, target } = targetOf(messageId);
      await rooms.moderate(target, reason.trim());
      return done;
    },
  };

  function targetOf(id: MessageId): { readonly rooms: RoomAbility; readonly target: MessageTarget } {
    const message = messages.get(db, id);
    if (message === null) throw notFound('message');
    if (message.remoteId === null || message.isOwn) throw new RpcFailure('not-possible', 'this message cannot be taken away');
    const { rooms, remoteId: conversationId } = room(message.conversationId);
    return { rooms, target: { conversationId, remoteId: message.remoteId, alternateId: message.alternateId ?? undefined } };
  }
};
