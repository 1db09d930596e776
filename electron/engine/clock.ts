/** Where the engine asks for the time, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds since 1970, wall clock. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };
