import type { AccountId } from '#model';
import type { ThreadId } from '#rpc';
import type { ThreadLoader } from '../../conversations/thread-loader.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import type { SettingsService } from '../../settings/settings.ts';
import type { WritableDb } from '../../store/database.ts';
import { readThreadPage, readThreads } from '../../store/read-thread.ts';
import { conversations } from '../../store/repositories/conversations.ts';
import { drafts } from '../../store/repositories/drafts.ts';
import { messages } from '../../store/repositories/messages.ts';
import { threads, type ThreadRecord } from '../../store/repositories/threads.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface ThreadHandlerDeps {
  readonly db: WritableDb;
  readonly loader: ThreadLoader;
  readonly outbox: Outbox;
  readonly settings: SettingsService;
  /** Timed messages may have been read. */
  readonly onRead: () => void;
  readonly now: () => number;
}

export const createThreadHandlers = ({ db, loader, outbox, settings, onRead, now }: ThreadHandlerDeps): DomainHandlers<'threads'> => {
  const threadOf = (id: ThreadId): ThreadRecord => {
    const thread = threads.get(db, id);
    if (thread === null) throw notFound('thread');
    return thread;
  };
  const accountOf = ({ conversationId }: ThreadRecord): AccountId => {
    const conversation = conversations.get(db, conversationId);
    if (conversation === null) throw notFound('conversation');
    return conversation.accountId;
  };

  return {
    'threads.list': ({ conversationId }) => {
      if (conversations.get(db, conversationId) === null) throw notFound('conversation');
      return readThreads(db, conversationId);
    },
    'threads.open': ({ rootId }) => {
      const root = messages.get(db, rootId);
      if (root === null) throw notFound('message');
      const own = threads.ofAnswer(db, rootId);
      // An answer begins no thread of its own: it opens the one it stands in.
      if (own !== null) return { id: own.id };
      if (root.remoteId === null || root.kind === 'system' || root.kind === 'push') throw new RpcFailure('not-possible', 'this message cannot begin a thread');
      return { id: threads.ensure(db, root.conversationId, root.remoteId).id };
    },
    'threads.page': ({ id, before, limit }) => readThreadPage(db, threadOf(id), before, limit),
    'threads.loadOlder': async ({ id }) => loader.loadOlder(threadOf(id)),
    'threads.setDraft': ({ id, text }) => {
      drafts.setOfThread(db, threadOf(id).id, text, now());
      return { isSaved: true };
    },
    'threads.markRead': ({ id, upTo }) => {
      const thread = threadOf(id);
      if (messages.get(db, upTo)?.conversationId !== thread.conversationId) throw notFound('message');
      const { sendsReadReceipts: isShared, sendsRoomReceipts: isSharedInRooms } = settings.get();
      const unreadCount = outbox.markThreadRead(accountOf(thread), thread, upTo, { isShared, isSharedInRooms });
      onRead();
      return { unreadCount };
    },
  };
};
