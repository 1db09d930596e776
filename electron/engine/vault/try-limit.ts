import type { VaultFile } from './vault-file.ts';

type Tries = VaultFile['tries'];

const freeTries = 5;
const firstWaitMs = 30_000;
const longestWaitMs = 60 * 60_000;

/** After five wrong tries each further one doubles the wait, from half a minute up to an hour. */
export const nextTries = (tries: Tries, nowMs: number): Tries => {
  const failed = tries.failed + 1;
  const isOver = failed >= freeTries;
  const waitMs = Math.min(firstWaitMs * 2 ** Math.min(failed - freeTries, 20), longestWaitMs);
  return { failed, retryAtMs: isOver ? nowMs + waitMs : 0 };
};

/** When the next try is allowed, or null when it is now. A clock that was set back never locks longer than an hour. */
export const triesLeftAtMs = (tries: Tries, nowMs: number): number | null => {
  const untilMs = Math.min(tries.retryAtMs, nowMs + longestWaitMs);
  return untilMs > nowMs ? untilMs : null;
};
