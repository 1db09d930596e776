/** Answers of a thread, and single messages, asked of the server. */
import { BridgeError, type HistoryPage } from '#bridge';
import { decryptEvents } from '../../crypto/decrypt-sync.ts';
import { asArray, asRecord, asString, readRoomEvent } from '../../event-shape.ts';
import { isEventId } from '../../ids.ts';
import { applyTimeline } from '../../receive/apply-timeline.ts';
import { createOutcome, lastingEvents } from '../../receive/outcome.ts';
import type { AccountContext } from '../account-context.ts';
import { runFollowUps } from '../follow-ups.ts';

/** Stores what the server told and hands it on; says how many messages it was. */
const takeOver = async (context: AccountContext, roomId: string, raw: readonly unknown[]): Promise<number> => {
  const { store, selfId } = context;
  const { events, unreadable } = await decryptEvents(context.crypto(), roomId, raw);
  const outcome = createOutcome();
  const { whenStored } = store.transaction(() => {
    store.waiting.add(unreadable);
    applyTimeline({ store, outcome, selfId, roomId, nowMs: Date.now(), originOf: () => 'history' }, events);
    return { whenStored: context.publish(lastingEvents(outcome)) };
  });
  context.wantKeys(unreadable);
  await whenStored;
  await runFollowUps(context, outcome.followUps);
  return outcome.timeline.filter((event) => event.type === 'message.upserted').length;
};

/** @throws BridgeError `not-found` for an event of another room, too */
export const loadMessage = async (context: AccountContext, roomId: string, eventId: string): Promise<void> => {
  if (!isEventId(eventId)) throw new BridgeError('not-found');
  const raw = await context.api.get(['rooms', roomId, 'event', eventId]);
  // The server was asked for this one: nothing else may come under its name.
  if (readRoomEvent(raw, Date.now())?.eventId !== eventId || (raw['room_id'] !== undefined && raw['room_id'] !== roomId)) throw new BridgeError('not-found');
  if ((await takeOver(context, roomId, [raw])) === 0) throw new BridgeError('not-found');
};

/** @see https://spec.matrix.org/v1.16/client-server-api/#server-side-aggregation-of-mthread-relationships */
export const loadThread = async (context: AccountContext, roomId: string, rootId: string, cursor: string | null, limit: number): Promise<HistoryPage> => {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { from: cursor }) });
  const place = [roomId, 'relations', rootId, 'm.thread'].map(encodeURIComponent).join('/');
  const response = await context.api.raw(`/_matrix/client/v1/rooms/${place}?${query.toString()}`, { signal: context.closing });
  const answer = asRecord(await response.json().catch(() => null));
  const newestFirst = asArray(answer['chunk']).slice(0, limit);
  const messageCount = await takeOver(context, roomId, newestFirst.toReversed());
  const next = asString(answer['next_batch']) ?? null;
  return { messageCount, hasMore: next !== null && next !== cursor, cursor: next };
};
