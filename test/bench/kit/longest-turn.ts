/** How long this thread kept everything else waiting. */
export interface LongestTurn {
  /** Processor time of the thread in its longest turn, in milliseconds: what other programs took is not in it. */
  readonly cpuMs: number;
  /** By the clock, which other programs spoil. */
  readonly wallMs: number;
}

/** Watches until the function it returns is called. */
export function watchTurns(): () => LongestTurn {
  let cpuMs = 0;
  let wallMs = 0;
  let before = { atMs: performance.now(), usedMs: usedMs() };
  const timer = setInterval(() => {
    const now = { atMs: performance.now(), usedMs: usedMs() };
    cpuMs = Math.max(cpuMs, now.usedMs - before.usedMs);
    wallMs = Math.max(wallMs, now.atMs - before.atMs);
    before = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return { cpuMs, wallMs };
  };
}

const usedMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
