import { randomUUID } from 'node:crypto';
import { BridgeError, type BridgeSession, type PollAbility } from '#bridge';
import type { AccountId, ConversationCapabilities, Poll, RemoteMessageId } from '#model';
import type { ConversationId, MessageId } from '#rpc';
import type { ReadableDb } from '../../store/database.ts';
import { conversations, type ConversationRecord } from '../../store/repositories/conversations.ts';
import { messages, type MessageRecord } from '../../store/repositories/messages.ts';
import { polls } from '../../store/repositories/polls.ts';
import { capabilitiesOf } from '../../conversations/capabilities-of.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface PollHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly outbox: Pick<Outbox, 'vote'>;
}

const done = { isDone: true } as const;

/** Votes wait in the outbox, all else goes straight to the network; numbers come back as events. */
export const createPollHandlers = ({ db, sessionOf, outbox }: PollHandlerDeps): DomainHandlers<'polls'> => {
  /** @throws BridgeError `offline`, `unsupported` */
  const abilityIn = (id: ConversationId, can: (rules: ConversationCapabilities) => boolean): { readonly ability: PollAbility; readonly conversation: ConversationRecord } => {
    const conversation = conversations.get(db, id);
    if (conversation === null) throw notFound('conversation');
    const session = sessionOf(conversation.accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    if (session.polls === undefined || !can(capabilitiesOf(conversation, session))) throw new BridgeError('unsupported');
    return { ability: session.polls, conversation };
  };
  const openPoll = (id: MessageId): { readonly message: MessageRecord; readonly remoteId: RemoteMessageId; readonly poll: Poll } => {
    const message = messages.get(db, id);
    const poll = polls.ofMessages(db, [id]).get(id);
    if (message === null || message.deletedAtMs !== null || poll === undefined) throw notFound('poll');
    if (message.remoteId === null) throw new RpcFailure('not-possible', 'the poll has not gone out');
    if (poll.isEnded) throw new BridgeError('rejected', { detail: 'the poll is over' });
    return { message, poll, remoteId: message.remoteId };
  };
  return {
    'polls.vote': ({ id, choices }) => {
      const { message, poll } = openPoll(id);
      const conversation = conversations.get(db, message.conversationId);
      if (conversation === null) throw notFound('conversation');
      if (capabilitiesOf(conversation, sessionOf(conversation.accountId)).canVote !== true) throw new BridgeError('unsupported');
      const known = new Set(poll.answers.map((answer) => answer.id));
      const wanted = [...new Set(choices)];
      if (wanted.length > poll.mostChoices || wanted.some((choice) => !known.has(choice))) throw new RpcFailure('invalid-input', 'no such choice');
      outbox.vote(conversation.accountId, message, wanted);
      return done;
    },
    'polls.end': async ({ id }) => {
      const { message, remoteId } = openPoll(id);
      const { ability, conversation } = abilityIn(message.conversationId, (rules) => rules.canVote === true);
      if (!message.isOwn) throw new BridgeError('forbidden', { detail: 'not a poll of ours' });
      await ability.end({ conversationId: conversation.remoteId, remoteId }, randomUUID());
      return done;
    },
    'polls.create': async ({ conversationId, clientId, ...poll }) => {
      const { ability, conversation } = abilityIn(conversationId, (rules) => rules.canMakePolls === true);
      if (new Set(poll.answers).size < poll.answers.length || poll.mostChoices > poll.answers.length) throw new RpcFailure('invalid-input', 'answers are alike, or too few');
      await ability.create(conversation.remoteId, poll, clientId);
      return done;
    },
  };
};
