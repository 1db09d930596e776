import { BridgeError, type BridgeSession } from '#bridge';
import type { AccountId, NotifyLevel } from '#model';
import { conversationKeys, toColumns, type ConversationDetail, type ConversationId } from '#rpc';
import { capabilitiesOf } from '../../conversations/capabilities-of.ts';
import { unmutedLevels } from '../../conversations/unmuted-levels.ts';
import type { PlainConsents } from '../../conversations/plain-consents.ts';
import { readPage } from '../../conversations/read-page.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import type { Publisher } from '../../publisher.ts';
import type { SettingsService } from '../../settings/settings.ts';
import type { WritableDb } from '../../store/database.ts';
import { readConversationDetail } from '../../store/read-conversation-detail.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import { conversations, type ConversationRecord } from '../../store/repositories/conversations.ts';
import { drafts } from '../../store/repositories/drafts.ts';
import { messages } from '../../store/repositories/messages.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface ConversationHandlerDeps {
  readonly db: WritableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly publisher: Publisher;
  readonly outbox: Outbox;
  readonly settings: SettingsService;
  readonly plainConsents: PlainConsents;
  /** Timed messages may have been read. */
  readonly onRead: () => void;
  readonly now: () => number;
}

export const createConversationHandlers = (deps: ConversationHandlerDeps): DomainHandlers<'conversations'> => {
  const { db, sessionOf, publisher, outbox, settings, plainConsents, onRead, now } = deps;

  const existing = (id: ConversationId): ConversationRecord => {
    const conversation = conversations.get(db, id);
    if (conversation === null) throw notFound('conversation');
    return conversation;
  };

  const detailOf = (id: ConversationId): ConversationDetail => {
    const conversation = existing(id);
    const detail = readConversationDetail(db, id, {
      capabilities: capabilitiesOf(conversation, sessionOf(conversation.accountId), plainConsents.has(id)),
      typing: publisher.typingIn(id),
      presenceOf: publisher.presence.presenceOf,
    });
    if (detail === null) throw notFound('conversation');
    return detail;
  };

  /** @throws BridgeError `offline` when the account does not run */
  const connected = (accountId: AccountId): BridgeSession => {
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    return session;
  };

  /** Our own setting stands whether or not the network keeps it for the other devices. */
  const setNotify = async (id: ConversationId, level: NotifyLevel): Promise<void> => {
    const { accountId, remoteId, notify } = existing(id);
    unmutedLevels.keep(db, id, notify, level);
    conversations.setNotify(db, id, level);
    publisher.conversationChanged(id);
    await sessionOf(accountId)?.rooms?.setNotify?.(remoteId, level).catch(() => undefined);
  };

  return {
    'conversations.list': ({ filter, after, limit }) => {
      const { rows, next } = conversations.list(db, filter, after, limit);
      return { rows: toColumns(rows, conversationKeys), next, totalUnread: conversations.totalUnread(db) };
    },
    'conversations.get': ({ ids }) => toColumns(conversations.byIds(db, ids), conversationKeys),
    'conversations.open': ({ id, anchor, limit }) => ({ detail: detailOf(id), page: readPage(db, id, anchor, limit) }),
    'conversations.detail': ({ id }) => detailOf(id),

    'conversations.markRead': ({ id, upTo }) => {
      const { accountId } = existing(id);
      if (messages.get(db, upTo)?.conversationId !== id) throw notFound('message');
      const unreadCount = outbox.markRead(accountId, id, upTo, {
        isShared: settings.get().sendsReadReceipts,
        isSharedInRooms: settings.get().sendsRoomReceipts,
      });
      onRead();
      return { unreadCount };
    },
    'conversations.allowPlain': ({ id }) => {
      const conversation = existing(id);
      plainConsents.give(conversation, sessionOf(conversation.accountId));
      publisher.conversationChanged(id);
      return { isAllowed: true };
    },
    'conversations.forbidPlain': ({ id }) => {
      const conversation = existing(id);
      plainConsents.takeBack(conversation, sessionOf(conversation.accountId));
      publisher.conversationChanged(id);
      return { isAllowed: false };
    },
    'conversations.setDraft': ({ id, text }) => {
      existing(id);
      drafts.set(db, id, text, now());
      publisher.conversationChanged(id);
      return { isSaved: true };
    },
    'conversations.setTyping': async ({ id, isTyping }) => {
      const { accountId, remoteId } = existing(id);
      const typing = sessionOf(accountId)?.typing;
      if (typing === undefined || !settings.get().sendsTyping) return { isSent: false };
      await typing.setTyping(remoteId, isTyping);
      return { isSent: true };
    },
    'conversations.setMuted': async ({ id, isMuted }) => {
      await setNotify(id, isMuted ? 'none' : unmutedLevels.get(db, id));
      return { isMuted };
    },
    'conversations.setNotify': async ({ id, level }) => {
      await setNotify(id, level);
      return { level };
    },
    'conversations.setPinned': async ({ id, isPinned }) => {
      const { accountId, remoteId } = existing(id);
      conversations.setPinned(db, id, isPinned);
      publisher.conversationChanged(id);
      await sessionOf(accountId)?.rooms?.setPinned?.(remoteId, isPinned).catch(() => undefined);
      return { isPinned };
    },

    'conversations.start': async ({ accountId, address }) => {
      if (accounts.get(db, accountId) === null) throw notFound('account');
      const { directory } = connected(accountId);
      if (directory === undefined) throw new BridgeError('unsupported');
      const remoteId = await directory.startConversation(address.trim());
      const id = conversations.findId(db, accountId, remoteId);
      if (id === null) throw new RpcFailure('not-found', 'the network did not tell about this conversation');
      return { id };
    },
    'conversations.accept': async ({ id }) => {
      const { accountId, remoteId } = existing(id);
      const { membership } = connected(accountId);
      if (membership === undefined) throw new BridgeError('unsupported');
      await membership.accept(remoteId);
      conversations.setMembership(db, id, 'joined');
      publisher.conversationChanged(id);
      return { isAccepted: true };
    },
    'conversations.leave': async ({ id }) => {
      const { accountId, remoteId, membership: state } = existing(id);
      const { membership } = connected(accountId);
      if (membership === undefined) throw new BridgeError('unsupported');
      await membership.leave(remoteId);
      conversations.setMembership(db, id, 'left');
      if (state === 'requested') conversations.hide(db, id);
      publisher.conversationChanged(id);
      return { isLeft: true };
    },
  };
};
