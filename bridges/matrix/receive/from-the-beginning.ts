/** A response that tells everything from the beginning to somebody who knows much of it. See `worker/start-over.ts`. */
import { asRecord, asString } from '../event-shape.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { Outcome } from './outcome.ts';
import type { SyncResponse } from './sync-response.ts';

export interface SortedTimeline {
  /** What we have: told again, for it may have been deleted meanwhile, and never news. */
  readonly known: readonly unknown[];
  readonly news: readonly unknown[];
}

/** Parts a timeline, each part in its order. */
export const sortTimeline = (store: MatrixStore, roomId: string, timeline: readonly unknown[]): SortedTimeline => {
  const known: unknown[] = [];
  const news: unknown[] = [];
  for (const raw of timeline) {
    const isKnown = store.events.find(asString(asRecord(raw)['event_id']) ?? '')?.roomId === roomId;
    (isKnown ? known : news).push(raw);
  }
  return { known, news };
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
