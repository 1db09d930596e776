/** Walks back through a room, page by page. */
import { BridgeError, type HistoryPage } from '#bridge';
import type { RemoteMessageId } from '#model';
import { Direction } from 'matrix-js-sdk';
import { toBridgeError } from '../../errors.ts';
import { decryptEvents } from '../../crypto/decrypt-sync.ts';
import { asArray, asRecord, asString } from '../../event-shape.ts';
import { applyHistory, type HistoryResult } from '../../history.ts';
import { lastingEvents } from '../../receive/outcome.ts';
import type { AccountContext } from '../account-context.ts';
import { runFollowUps } from '../follow-ups.ts';

/** The token just before a message we know. Null: start at the newest. */
const tokenBefore = async (context: AccountContext, roomId: string, eventId: string): Promise<string | null> => {
  const path = ['rooms', roomId, 'context', eventId];
  const answer = await context.api.get(path, { query: { limit: '0' } }).catch((error: unknown) => {
    if (error instanceof BridgeError && error.fault.code === 'not-found') return {};
    throw error;
  });
  return asString('start' in answer ? answer.start : undefined) ?? null;
};

const fetchPage = async (context: AccountContext, roomId: string, cursor: string | null, limit: number): Promise<unknown> => {
  try {
    return await context.client.createMessagesRequest(roomId, cursor, limit, Direction.Backward);
  } catch (error) {
    throw toBridgeError(error, new URL(context.baseUrl).host, Date.now());
  }
};

/** What a hole was marked with means nothing to a server that was replaced since: there the message behind it tells the place. */
const fetchFirst = async (context: AccountContext, roomId: string, cursor: string | null, known: RemoteMessageId | null, limit: number): Promise<unknown> => {
  try {
    return await fetchPage(context, roomId, cursor, limit);
  } catch (error) {
    const isRefused = cursor !== null && error instanceof BridgeError && error.fault.code === 'rejected';
    const place = isRefused && known !== null ? await tokenBefore(context, roomId, known) : null;
    if (place === null || place === cursor) throw error;
    return await fetchPage(context, roomId, place, limit);
  }
};

/** A page may hold nothing to show (only members coming and going): so many are skipped in one go. */
const maxEmptyPages = 10;

/** Emits the page before it resolves. @throws BridgeError */
export const loadOlder = async (
  context: AccountContext,
  roomId: string,
  cursor: string | null,
  oldestKnown: { readonly remoteId: RemoteMessageId } | null,
  limit: number,
): Promise<HistoryPage> => {
  const { store, selfId } = context;
  let from = cursor ?? (oldestKnown === null ? null : await tokenBefore(context, roomId, oldestKnown.remoteId));
  let page: HistoryResult;
  let count = 0;
  do {
    const answer = asRecord(await (count === 0 ? fetchFirst(context, roomId, from, oldestKnown?.remoteId ?? null, limit) : fetchPage(context, roomId, from, limit)));
    const { events, unreadable } = await decryptEvents(context.crypto(), roomId, asArray(answer['chunk']));
    const raw = { ...answer, chunk: events };
    const stored = store.transaction(() => {
      store.waiting.add(unreadable);
      const result = applyHistory(raw, { store, selfId, roomId, nowMs: Date.now(), cursor: from });
      return { result, whenStored: context.publish(lastingEvents(result.outcome)) };
    });
    context.wantKeys(unreadable);
    await stored.whenStored;
    // Numbers of polls that were over before we looked.
    await runFollowUps(context, stored.result.outcome.followUps);
    page = stored.result;
    from = page.cursor;
    count += 1;
  } while (page.messageCount === 0 && page.cursor !== null && count < maxEmptyPages);
  return { messageCount: page.messageCount, hasMore: page.cursor !== null, cursor: page.cursor };
};
