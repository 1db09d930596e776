import { BridgeError, type BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { ThreadId } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import { conversations } from '../store/repositories/conversations.ts';
import type { ThreadRecord } from '../store/repositories/threads.ts';
import type { FetchMessage } from './fetch-message.ts';

export interface ThreadLoaderOptions {
  readonly db: WritableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly fetchMessage: FetchMessage;
}

export interface ThreadLoader {
  /** The message that began it and the next page of older answers. One request a thread at a time. */
  readonly loadOlder: (thread: ThreadRecord) => Promise<{ readonly hasMore: boolean }>;
}

const pageSize = 50;
/** Places in threads that are remembered; who comes back later starts at the newest answer again. */
const mostPlaces = 200;

interface Place {
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

export const createThreadLoader = ({ db, sessionOf, fetchMessage }: ThreadLoaderOptions): ThreadLoader => {
  const running = new Map<ThreadId, Promise<{ readonly hasMore: boolean }>>();
  const places = new Map<ThreadId, Place>();

  const load = async ({ id, conversationId, rootRemoteId }: ThreadRecord): Promise<{ readonly hasMore: boolean }> => {
    const conversation = conversations.get(db, conversationId);
    const session = conversation === null ? null : sessionOf(conversation.accountId);
    if (conversation === null || session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    await fetchMessage(conversationId, rootRemoteId);
    const place = places.get(id);
    if (session.threads === undefined || place?.hasMore === false) return { hasMore: false };
    const { cursor, hasMore } = await session.threads.loadOlder(conversation.remoteId, rootRemoteId, place?.cursor ?? null, pageSize);
    if (places.size >= mostPlaces) places.delete(places.keys().next().value as ThreadId);
    places.set(id, { cursor, hasMore });
    return { hasMore };
  };

  return {
    loadOlder: (thread) => {
      const inFlight = running.get(thread.id);
      if (inFlight !== undefined) return inFlight;
      const started = load(thread).finally(() => running.delete(thread.id));
      running.set(thread.id, started);
      return started;
    },
  };
};
