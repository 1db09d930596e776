import { BridgeError, type BridgeSession } from '#bridge';
import type { AccountId, RemoteMessageId } from '#model';
import type { ConversationId, MessageId } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import { conversations } from '../store/repositories/conversations.ts';
import { gaps } from '../store/repositories/gaps.ts';
import { messages } from '../store/repositories/messages.ts';
import { runDurably } from '../store/transaction.ts';

export interface FetchMessageOptions {
  readonly db: WritableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  /** The row of this message looks different now. */
  readonly onGapChanged: (conversationId: ConversationId, ids: readonly MessageId[]) => void;
}

/** A gap of which only its place is known: asked for by the message behind it. */
export const unknownCursor = '';

const idOf = (db: WritableDb, id: ConversationId, remoteId: RemoteMessageId): MessageId | null =>
  messages.findByName(db, id, remoteId).find((message) => message.remoteId === remoteId)?.id ?? null;

/**
 * Brings in one message that is older than what is here: one that began a thread, one that is pinned. Between it and the
 * rest of the conversation stands a gap then. Null: the network does not give it, or cannot be asked for single ones.
 * @throws BridgeError `offline`
 */
export const createFetchMessage = ({ db, sessionOf, onGapChanged }: FetchMessageOptions) =>
  async (id: ConversationId, remoteId: RemoteMessageId): Promise<MessageId | null> => {
    const known = idOf(db, id, remoteId);
    const conversation = conversations.get(db, id);
    if (known !== null || conversation === null) return known;
    const session = sessionOf(conversation.accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    const load = session.history?.loadMessage;
    if (load === undefined) return null;
    const oldest = messages.oldest(db, id);
    try {
      await load(conversation.remoteId, remoteId);
    } catch (error) {
      if (error instanceof BridgeError && (error.fault.code === 'not-found' || error.fault.code === 'forbidden')) return null;
      throw error;
    }
    const found = idOf(db, id, remoteId);
    const message = found === null ? null : messages.get(db, found);
    if (message !== null && oldest !== null && message.sortKey < oldest.sortKey) {
      runDurably(db, () => gaps.set(db, id, oldest.id, unknownCursor));
      onGapChanged(id, [oldest.id]);
    }
    return found;
  };

export type FetchMessage = ReturnType<typeof createFetchMessage>;
