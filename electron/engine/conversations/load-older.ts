import { BridgeError, type BridgeSession, type HistoryAbility } from '#bridge';
import type { AccountId } from '#model';
import type { ConversationId, MessageId, RpcOutput } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import { conversations, type ConversationRecord } from '../store/repositories/conversations.ts';
import { gaps } from '../store/repositories/gaps.ts';
import { messages, type MessageRecord } from '../store/repositories/messages.ts';
import { unknownCursor } from './fetch-message.ts';
import { runDurably } from '../store/transaction.ts';
import { notFound } from '../rpc/rpc-failure.ts';
import type { ChangeSet } from '../sync/change-set.ts';

export interface HistoryOptions {
  readonly db: WritableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  /** The rows of these messages look different now. */
  readonly onGapChanged: (conversationId: ConversationId, ids: readonly MessageId[]) => void;
}

type Loaded = RpcOutput<'messages.loadOlder'>;

export interface HistoryLoader {
  /** Asks the network for the page before `before` (or the hole before it). One request a conversation at a time. */
  readonly loadOlder: (conversationId: ConversationId, before: MessageId | null) => Promise<Loaded>;
  /** Tells what was stored while a page was on its way. */
  readonly noteChanges: (changes: ChangeSet) => void;
}

/** One page of an archive (docs/performance.md: the page size is the whole game). */
const pageSize = 250;
const nothing: Loaded = { addedCount: 0, hasMore: false };

interface Continuation {
  readonly cursor: string | null;
  readonly hasMore: boolean;
  /** The oldest message known then: another one now means that the cursor stands elsewhere. */
  readonly oldestId: MessageId | null;
}

export const createHistoryLoader = ({ db, sessionOf, onGapChanged }: HistoryOptions): HistoryLoader => {
  const running = new Map<ConversationId, Promise<Loaded>>();
  const arrivals = new Map<ConversationId, Set<MessageId>>();
  const continuations = new Map<ConversationId, Continuation>();

  /** @throws BridgeError `offline` when the account does not run */
  const historyOf = (conversation: ConversationRecord): HistoryAbility | undefined => {
    const session = sessionOf(conversation.accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    return session.history;
  };

  /** Loads a page and counts what of it was new and older than `than`. */
  const load = async (
    history: HistoryAbility,
    conversation: ConversationRecord,
    cursor: string | null,
    oldest: MessageRecord | null,
    than: MessageRecord | null,
  ): Promise<Loaded & { readonly cursor: string | null; readonly messageCount: number; readonly oldestNew: MessageRecord | null }> => {
    const arrived = new Set<MessageId>();
    arrivals.set(conversation.id, arrived);
    try {
      const known = oldest?.remoteId == null ? null : { remoteId: oldest.remoteId, sentAtMs: oldest.sentAtMs };
      const page = await history.loadOlder(conversation.remoteId, cursor, known, pageSize);
      const older = [...arrived]
        .flatMap((id) => messages.get(db, id) ?? [])
        .filter((message) => than === null || message.sortKey < than.sortKey);
      const oldestNew = older.reduce<MessageRecord | null>(
        (first, message) => (first === null || message.sortKey < first.sortKey ? message : first),
        null,
      );
      const { hasMore, messageCount } = page;
      return { addedCount: older.length, hasMore, cursor: page.cursor, messageCount, oldestNew };
    } finally {
      arrivals.delete(conversation.id);
    }
  };

  /** Fills the hole before a message. What is left of it moves to before the oldest message that came. */
  const fillGap = async (history: HistoryAbility, conversation: ConversationRecord, before: MessageRecord, cursor: string): Promise<Loaded> => {
    const page = await load(history, conversation, cursor === unknownCursor ? null : cursor, before, before);
    const next = page.cursor;
    // A page with messages we had reaches the other side of the hole.
    const hasRest = page.hasMore && next !== null && page.addedCount > 0 && page.addedCount >= page.messageCount;
    const restBefore = hasRest ? page.oldestNew : null;
    runDurably(db, () => {
      gaps.removeBefore(db, conversation.id, before.id);
      if (restBefore !== null && next !== null) gaps.set(db, conversation.id, restBefore.id, next);
    });
    onGapChanged(conversation.id, [before.id, ...(restBefore === null ? [] : [restBefore.id])]);
    return { addedCount: page.addedCount, hasMore: true };
  };

  const continueBack = async (history: HistoryAbility, conversation: ConversationRecord): Promise<Loaded> => {
    const oldest = messages.oldest(db, conversation.id);
    const last = continuations.get(conversation.id);
    const isCurrent = last !== undefined && last.oldestId === (oldest?.id ?? null);
    if (isCurrent && !last.hasMore) return nothing;
    const page = await load(history, conversation, isCurrent ? last.cursor : null, oldest, oldest);
    const { addedCount, hasMore, cursor } = page;
    continuations.set(conversation.id, { cursor, hasMore, oldestId: messages.oldest(db, conversation.id)?.id ?? null });
    return { addedCount, hasMore };
  };

  const loadOnce = (conversationId: ConversationId, before: MessageId | null): Promise<Loaded> => {
    const conversation = conversations.get(db, conversationId);
    if (conversation === null) throw notFound('conversation');
    const anchor = before === null ? null : messages.get(db, before);
    if (before !== null && anchor?.conversationId !== conversationId) throw notFound('message');
    const history = historyOf(conversation);
    if (history === undefined) return Promise.resolve(nothing);
    const gapCursor = anchor === null ? null : gaps.cursorBefore(db, conversationId, anchor.id);
    if (anchor !== null && gapCursor !== null) return fillGap(history, conversation, anchor, gapCursor);
    return continueBack(history, conversation);
  };

  return {
    loadOlder: async (conversationId, before) => {
      const inFlight = running.get(conversationId);
      if (inFlight !== undefined) return inFlight;
      const started = loadOnce(conversationId, before).finally(() => running.delete(conversationId));
      running.set(conversationId, started);
      return started;
    },
    noteChanges: (changes) => {
      for (const [conversationId, { ids }] of changes.messages) {
        const arrived = arrivals.get(conversationId);
        for (const id of ids) arrived?.add(id);
      }
    },
  };
};
