export interface BackoffOptions {
  readonly leastMs: number;
  readonly mostMs: number;
  /** Gives numbers in [0, 1). */
  readonly random?: (() => number) | undefined;
}

export interface Backoff {
  /** How long to wait before the next try, in milliseconds: doubles each time, ± 50 % so that clients spread out. */
  next(): number;
  /** It worked: start again from the shortest wait. */
  reset(): void;
}

/** Exponential back-off with jitter. */
export function createBackoff({ leastMs, mostMs, random = Math.random }: BackoffOptions): Backoff {
  let attempts = 0;
  return {
    next() {
      const waitMs = Math.min(mostMs, leastMs * 2 ** attempts);
      attempts = Math.min(attempts + 1, 30);
      return waitMs * (0.5 + random());
    },
    reset() {
      attempts = 0;
    },
  };
}
