const repeatMs = 4_000;
const pauseMs = 6_000;

/**
 * Tells "typing" at most every four seconds and "stopped" once after a pause, so that a keystroke costs nothing.
 * Times in milliseconds of the given clock.
 */
export const createTypingThrottle = (tell: (isTyping: boolean) => void, clock: () => number = Date.now) => {
  let toldAtMs = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = (): void => {
    clearTimeout(timer);
    if (toldAtMs === -Infinity) return;
    toldAtMs = -Infinity;
    tell(false);
  };
  return {
    stop,
    typed: (isEmpty: boolean): void => {
      if (isEmpty) return stop();
      clearTimeout(timer);
      timer = setTimeout(stop, pauseMs);
      if (clock() - toldAtMs < repeatMs) return;
      toldAtMs = clock();
      tell(true);
    },
  };
};
