import { randomUUID } from 'node:crypto';
import { BridgeError, type BridgeSession, type MessageTarget, type PollAbility } from '#bridge';
import type { AccountId, ConversationCapabilities } from '#model';
import type { ConversationId, MessageId } from '#rpc';
import type { ReadableDb } from '../../store/database.ts';
import { conversations, type ConversationRecord } from '../../store/repositories/conversations.ts';
import { messages } from '../../store/repositories/messages.ts';
import { polls } from '../../store/repositories/polls.ts';
import { capabilitiesOf } from '../../conversations/capabilities-of.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface PollHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
}

const done = { isDone: true } as const;

/** Polls go straight to the network; their numbers come back as events. */
export const createPollHandlers = ({ db, sessionOf }: PollHandlerDeps): DomainHandlers<'polls'> => {
  /** @throws BridgeError `offline`, `unsupported` */
  const abilityIn = (id: ConversationId, can: (rules: ConversationCapabilities) => boolean): { readonly ability: PollAbility; readonly conversation: ConversationRecord } => {
    const conversation = conversations.get(db, id);
    if (conversation === null) throw notFound('conversation');
    const session = sessionOf(conversation.accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    if (session.polls === undefined || !can(capabilitiesOf(conversation, session))) throw new BridgeError('unsupported');
    return { ability: session.polls, conversation };
  };
  const pollOf = (id: MessageId): { readonly ability: PollAbility; readonly target: MessageTarget; readonly isOwn: boolean } => {
    const message = messages.get(db, id);
    const poll = polls.ofMessages(db, [id]).get(id);
    if (message === null || message.deletedAtMs !== null || poll === undefined) throw notFound('poll');
    if (message.remoteId === null) throw new RpcFailure('not-possible', 'the poll has not gone out');
    if (poll.isEnded) throw new BridgeError('rejected', { detail: 'the poll is over' });
    const { ability, conversation } = abilityIn(message.conversationId, (rules) => rules.canVote === true);
    return { ability, isOwn: message.isOwn, target: { conversationId: conversation.remoteId, remoteId: message.remoteId } };
  };
  return {
    'polls.vote': async ({ id, choices }) => {
      const { ability, target } = pollOf(id);
      const { answers = [], mostChoices = 1 } = polls.ofMessages(db, [id]).get(id) ?? {};
      const known = new Set(answers.map((answer) => answer.id));
      const wanted = [...new Set(choices)];
      if (wanted.length > mostChoices || wanted.some((choice) => !known.has(choice))) throw new RpcFailure('invalid-input', 'no such choice');
      await ability.vote(target, wanted, randomUUID());
      return done;
    },
    'polls.end': async ({ id }) => {
      const { ability, target, isOwn } = pollOf(id);
      if (!isOwn) throw new BridgeError('forbidden', { detail: 'not a poll of ours' });
      await ability.end(target, randomUUID());
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
