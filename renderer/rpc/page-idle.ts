/** Without an operating system to ask: the page itself was touched then, or hidden since then. */
export const watchPageIdle = (): (() => number) => {
  let touchedAtMs = Date.now();
  const touch = (): void => {
    touchedAtMs = Date.now();
  };
  for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus']) window.addEventListener(name, touch, { passive: true, capture: true });
  return () => Date.now() - touchedAtMs;
};
