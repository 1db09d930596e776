/** The SDK keeps every event it ever saw (about 2.5 kB each); we have our own store, so its memory may be short. */
import type { MatrixClient } from 'matrix-js-sdk';

const intervalMs = 30_000;
const maxEvents = 60;

/** Nothing of ours waits in the SDK's timelines: what we send goes past them (`api.ts`). */
export const trimTimelines = (client: MatrixClient): void => {
  for (const room of client.getRooms()) {
    if (room.getLiveTimeline().getEvents().length > maxEvents) room.resetLiveTimeline(null, null);
  }
};

/** Keeps timelines short until the function it returns is called. */
export const keepTimelinesShort = (client: MatrixClient): (() => void) => {
  const timer = setInterval(() => trimTimelines(client), intervalMs);
  timer.unref();
  return () => clearInterval(timer);
};
