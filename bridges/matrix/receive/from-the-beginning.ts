/** A response that tells everything from the beginning to somebody who knows much of it. See `worker/start-over.ts`. */
import { asRecord, asString } from '../event-shape.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { Outcome } from './outcome.ts';
import type { SyncResponse } from './sync-response.ts';

/**
 * What we do not have of a timeline, in its order. The rest has nothing more to say: whatever happened to it since stands
 * behind it as an event of its own, and a correction told again would count as one more.
 */
export const newsIn = (store: MatrixStore, roomId: string, timeline: readonly unknown[]): readonly unknown[] =>
  timeline.filter((raw) => store.events.find(asString(asRecord(raw)['event_id']) ?? '')?.roomId !== roomId);

/** Who tells everything and not this room knows nothing of us in it. What was said there stays. */
export const leaveUnmentioned = ({ joined, invited, knocked, left }: SyncResponse, store: MatrixStore, outcome: Outcome): void => {
  const mentioned = new Set([...joined, ...invited, ...knocked, ...left].map(({ roomId }) => roomId));
  for (const { id, membership } of store.rooms.all()) {
    if (membership === 'left' || mentioned.has(id)) continue;
    store.rooms.patch(id, { membership: 'left' });
    outcome.changedRooms.add(id);
  }
};
