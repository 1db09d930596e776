/**
 * Runs when the frame that is being made is drawn: for what need not be in it. Layout is known then, so looking at
 * positions costs nothing.
 * @returns a function that calls it off
 */
export const afterPaint = (run: () => void): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(run);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};
