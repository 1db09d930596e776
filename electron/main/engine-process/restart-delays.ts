const firstMs = 200;
const longestMs = 30_000;
const healthyAfterMs = 60_000;

/**
 * How long to wait before the engine is started again. Short at first (a crash costs less than a second), then
 * doubling, so that an engine that cannot start does not keep the computer busy.
 */
export const createRestartDelays = (now: () => number = Date.now) => {
  let crashes = 0;
  let startedAtMs = now();
  return {
    started: (): void => void (startedAtMs = now()),
    /** @returns milliseconds to wait after the crash that just happened */
    next: (): number => {
      if (now() - startedAtMs >= healthyAfterMs) crashes = 0;
      const delayMs = Math.min(firstMs * 2 ** crashes, longestMs);
      crashes += 1;
      return delayMs;
    },
  };
};
