/** A response that tells everything from the beginning to somebody who knows much of it. See `worker/start-over.ts`. */
import { asRecord, asString, readRoomEvent } from '../event-shape.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { Outcome } from './outcome.ts';
import type { SyncResponse } from './sync-response.ts';

export interface Untold {
  /** Written before the first that we have: it fills a hole of ours, or goes back further than we did. No news. */
  readonly older: readonly unknown[];
  /** The rest, with what the server took in late. */
  readonly news: readonly unknown[];
}

/**
 * What we do not have of a timeline, in its order. The rest has nothing more to say: whatever happened to it since stands
 * behind it as an event of its own, and a correction told again would count as one more.
 */
export const untoldOf = (store: MatrixStore, roomId: string, timeline: readonly unknown[], nowMs: number): Untold => {
  const all = timeline.map((raw) => ({ raw, event: readRoomEvent(raw, nowMs), known: store.events.find(asString(asRecord(raw)['event_id']) ?? '') }));
  const knownHere = all.map(({ known }) => known).find((known) => known?.roomId === roomId);
  const begin = all.findIndex(({ event }) => knownHere == null || event === null || event.sentAtMs >= knownHere.sentAtMs);
  const untold = (part: typeof all): unknown[] => part.filter(({ known }) => known?.roomId !== roomId).map(({ raw }) => raw);
  return { older: untold(all.slice(0, Math.max(0, begin))), news: untold(all.slice(Math.max(0, begin))) };
};

/** Who tells everything and not this room knows nothing of us in it. What was said there stays. */
export const leaveUnmentioned = ({ joined, invited, knocked, left }: SyncResponse, store: MatrixStore, outcome: Outcome): void => {
  const mentioned = new Set([...joined, ...invited, ...knocked, ...left].map(({ roomId }) => roomId));
  for (const { id, membership } of store.rooms.all()) {
    if (membership === 'left' || mentioned.has(id)) continue;
    store.rooms.patch(id, { membership: 'left' });
    outcome.changedRooms.add(id);
  }
};
