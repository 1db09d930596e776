/** One page of older messages → the store and the events for the engine, and what becomes of a gap. */
import { asArray, asRecord, asString } from './event-shape.ts';
import { conversationOf, messageOf } from './ids.ts';
import { applyTimeline } from './receive/apply-timeline.ts';
import { createOutcome, type Outcome } from './receive/outcome.ts';
import { applyHistoryState } from './receive.ts';
import type { MatrixStore } from './store/matrix-store.ts';

export interface HistoryContext {
  readonly store: MatrixStore;
  readonly selfId: string;
  readonly roomId: string;
  readonly nowMs: number;
  /** The token this page was asked with. */
  readonly cursor: string | null;
}

export interface HistoryResult {
  readonly outcome: Outcome;
  readonly messageCount: number;
  /** Where to go on; null at the beginning of the room, or where a gap is closed. */
  readonly cursor: string | null;
}

/** Takes over an answer of `/messages` (backwards: newest first). Call it inside a transaction. */
export const applyHistory = (raw: unknown, context: HistoryContext): HistoryResult => {
  const { store, selfId, roomId, nowMs, cursor } = context;
  const answer = asRecord(raw);
  const newestFirst = asArray(answer['chunk']);
  const end = asString(answer['end']);
  const outcome = createOutcome();
  const gap = cursor === null ? null : store.markers.findGap(roomId, cursor);
  const known = newestFirst.findIndex((event) => isKnown(store, event));
  const isGapClosed = gap !== null && (known !== -1 || end === undefined || newestFirst.length === 0);
  // Beyond the first known event lies what we already have.
  const missing = gap !== null && known !== -1 ? newestFirst.slice(0, known) : newestFirst;

  applyHistoryState(answer['state'], store, outcome, selfId);
  const events = applyTimeline(
    { store, outcome, selfId, roomId, nowMs, originOf: () => 'history' },
    missing.toReversed(),
  );
  if (outcome.erasedIds.size > 0) store.queue.erase(outcome.erasedIds);
  const messages = outcome.timeline.filter((event) => event.type === 'message.upserted');
  const isCreation = (event: unknown): boolean => asRecord(event)['type'] === 'm.room.create';
  const isAtBeginning = newestFirst.length === 0 || newestFirst.some(isCreation) || end === undefined || end === cursor;
  const next = isGapClosed || isAtBeginning ? null : end;

  if (gap !== null && cursor !== null) {
    const conversationId = conversationOf(roomId);
    store.markers.deleteGap(roomId, cursor);
    outcome.afterwards.push({ type: 'gap.deleted', conversationId, cursor });
    if (next !== null) {
      const oldest = messages[0]?.message.remoteId ?? messageOf(events[0]?.eventId ?? gap.before);
      store.markers.addGap(roomId, { before: oldest, cursor: next });
      outcome.afterwards.push({ type: 'gap.upserted', conversationId, before: oldest, cursor: next });
    }
  }
  return { outcome, messageCount: messages.length, cursor: next };
};

const isKnown = (store: MatrixStore, event: unknown): boolean => {
  const eventId = asString(asRecord(event)['event_id']);
  return eventId !== undefined && store.events.find(eventId) !== null;
};
