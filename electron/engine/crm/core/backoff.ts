/** Waits after failures that may have been applied: quick once, then patient. Six in an hour, then a person looks. */
const failureWaitsMs = [1_000, 15_000, 60_000, 5 * 60_000, 15 * 60_000] as const;
export const maxFailures = failureWaitsMs.length + 1;

/** While nothing answers at all: never longer than 45 s, so that a push is out within a minute of the server's return. */
const offlineWaitsMs = [1_000, 2_000, 5_000, 10_000, 20_000, 40_000] as const;

/**
 * How long to wait before the next try, in milliseconds, with up to 20 % jitter.
 * @param count failures so far, this one included
 */
export function failureWaitMs(count: number, random: () => number): number {
  return jitter(failureWaitsMs[Math.min(count, failureWaitsMs.length) - 1] ?? 1_000, random);
}

export function offlineWaitMs(count: number, random: () => number): number {
  return jitter(offlineWaitsMs[Math.min(count, offlineWaitsMs.length) - 1] ?? 1_000, random);
}

const jitter = (waitMs: number, random: () => number): number => Math.round(waitMs * (0.9 + 0.2 * random()));
