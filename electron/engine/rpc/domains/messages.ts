import { BridgeError, type BridgeSession } from '#bridge';
import type { AccountId, ConversationCapabilities } from '#model';
import { toMessageColumns, type ConversationId, type MessageId } from '#rpc';
import { capabilitiesOf } from '../../conversations/capabilities-of.ts';
import { checkHints, checkSendable } from '../../conversations/check-sendable.ts';
import type { HistoryLoader } from '../../conversations/load-older.ts';
import type { PlainConsents } from '../../conversations/plain-consents.ts';
import { readPage } from '../../conversations/read-page.ts';
import type { Staging } from '../../files/staging.ts';
import { isUnsent, type Outbox } from '../../outbox/outbox.ts';
import type { Uploads } from '../../outbox/uploads.ts';
import type { WritableDb } from '../../store/database.ts';
import { readMessageRows } from '../../store/read-message-page.ts';
import { conversations, type ConversationRecord } from '../../store/repositories/conversations.ts';
import { messageVersions } from '../../store/repositories/message-versions.ts';
import { messages, type MessageRecord } from '../../store/repositories/messages.ts';
import { threads } from '../../store/repositories/threads.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface MessageHandlerDeps {
  readonly db: WritableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly history: HistoryLoader;
  readonly outbox: Outbox;
  readonly staging: Staging;
  readonly uploads: Uploads;
  readonly plainConsents: PlainConsents;
  readonly now: () => number;
}

interface Subject {
  readonly message: MessageRecord;
  readonly conversation: ConversationRecord;
  readonly capabilities: ConversationCapabilities;
}

export const createMessageHandlers = (deps: MessageHandlerDeps): DomainHandlers<'messages'> => {
  const { db, sessionOf, history, outbox, staging, uploads, plainConsents, now } = deps;

  const conversationOf = (id: ConversationId): ConversationRecord => {
    const conversation = conversations.get(db, id);
    if (conversation === null) throw notFound('conversation');
    return conversation;
  };
  const rulesOf = (conversation: ConversationRecord): ConversationCapabilities =>
    capabilitiesOf(conversation, sessionOf(conversation.accountId), plainConsents.has(conversation.id));
  const subjectOf = (id: MessageId): Subject => {
    const message = messages.get(db, id);
    if (message === null) throw notFound('message');
    const conversation = conversationOf(message.conversationId);
    return { message, conversation, capabilities: rulesOf(conversation) };
  };
  const ownSubjectOf = (id: MessageId): Subject => {
    const subject = subjectOf(id);
    const isChangeable = subject.message.isOwn && ['message', 'action'].includes(subject.message.kind) && subject.message.deletedAtMs === null;
    if (!isChangeable) throw new BridgeError('forbidden', { detail: 'not a message of ours' });
    return subject;
  };
  const isWithin = (message: MessageRecord, windowMs: number | undefined): boolean =>
    windowMs === undefined || isUnsent(message) || now() - message.sentAtMs <= windowMs;

  return {
    'messages.page': ({ conversationId, anchor, limit }) => {
      conversationOf(conversationId);
      return readPage(db, conversationId, anchor, limit);
    },
    'messages.get': ({ ids }) => toMessageColumns(readMessageRows(db, ids)),
    'messages.loadOlder': ({ conversationId, before }) => history.loadOlder(conversationId, before),

    'messages.send': ({ conversationId, clientId, text, replyToId, files, mentions, hints, threadId }) => {
      const conversation = conversationOf(conversationId);
      const before = outbox.sentBefore(clientId);
      if (before.length > 0) return { ids: before };
      if (replyToId !== null && messages.get(db, replyToId)?.conversationId !== conversationId) throw notFound('message');
      if (threadId != null) {
        if (threads.get(db, threadId)?.conversationId !== conversationId) throw notFound('thread');
        if (rulesOf(conversation).canThread !== true) throw new BridgeError('unsupported', { detail: 'no threads here' });
      }
      const staged = [...new Set(files)].map((id) => staging.get(id));
      checkSendable(rulesOf(conversation), text, staged);
      checkHints(rulesOf(conversation), hints);
      if (mentions?.some(({ start, end }) => start >= end || end > text.length) === true) throw new RpcFailure('invalid-input', 'a mention stands outside of the text');
      const { accountId } = conversation;
      const ids = outbox.send({ accountId, conversationId, clientId, text, replyToId, files: staged, mentions, hints, threadId });
      for (const file of staged) staging.remove(file.id);
      return { ids };
    },
    'messages.retry': ({ id }) => {
      const { message, conversation } = ownSubjectOf(id);
      outbox.retry(conversation.accountId, message);
      return { isQueued: true };
    },
    'messages.discard': ({ id }) => {
      outbox.discard(ownSubjectOf(id).message);
      return { isDiscarded: true };
    },
    'messages.cancelUpload': ({ id }) => ({ isCancelled: uploads.cancel(ownSubjectOf(id).message.id) }),
    'messages.versions': ({ id }) => messageVersions.list(db, subjectOf(id).message.id),
    'messages.edit': ({ id, text }) => {
      const { message, conversation, capabilities } = ownSubjectOf(id);
      if (text.trim() === '') throw new RpcFailure('invalid-input', 'text is empty');
      if (!isUnsent(message) && !capabilities.canEdit) throw new BridgeError('unsupported');
      if (!isWithin(message, capabilities.editWindowMs)) throw new BridgeError('forbidden', { detail: 'too late to edit' });
      outbox.edit(conversation.accountId, message, text, capabilities.canEdit);
      return { isQueued: true };
    },
    'messages.delete': ({ id }) => {
      const { message, conversation, capabilities } = ownSubjectOf(id);
      if (message.remoteId === null) {
        outbox.discard(message);
        return { isQueued: true };
      }
      if (!capabilities.canDelete) throw new BridgeError('unsupported');
      if (!isWithin(message, capabilities.deleteWindowMs)) throw new BridgeError('forbidden', { detail: 'too late to delete' });
      outbox.delete(conversation.accountId, message);
      return { isQueued: true };
    },
    'messages.react': ({ id, emoji, isOn }) => {
      const { message, conversation, capabilities } = subjectOf(id);
      if (!capabilities.canReact || message.remoteId === null) throw new BridgeError('unsupported');
      if (message.deletedAtMs !== null) throw notFound('message');
      const { perPerson, allowed } = capabilities.reactionLimits ?? {};
      if (isOn && allowed !== undefined && !allowed.includes(emoji)) throw new BridgeError('unsupported', { detail: 'not taken here' });
      outbox.react(conversation.accountId, message, emoji, isOn, perPerson);
      return { isQueued: true };
    },
  };
};
