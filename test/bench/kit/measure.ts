/** Numbers from repeated runs. Times are milliseconds. */
export const percentile = (values: readonly number[], share: number): number => {
  if (values.length === 0) throw new Error('no values to take a percentile of');
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const timeMs = async (run: () => unknown): Promise<number> => {
  const startedAtMs = performance.now();
  await run();
  return performance.now() - startedAtMs;
};

/** CPU time of this process, user and system: steadier than the clock on a busy machine. */
export const cpuMs = async (run: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await run();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1_000;
};

/**
 * Runs yardstick and subject in turns, so that a slow minute hits both, and returns the median of each.
 * The first turn warms up and is not counted.
 */
export const interleave = async (
  turns: number,
  yardstick: () => Promise<number>,
  subject: () => Promise<number>,
): Promise<{ readonly yardstick: number; readonly subject: number }> => {
  const base: number[] = [];
  const ours: number[] = [];
  for (let turn = 0; turn <= turns; turn += 1) {
    const baseValue = await yardstick();
    const ourValue = await subject();
    if (turn === 0) continue;
    base.push(baseValue);
    ours.push(ourValue);
  }
  return { yardstick: median(base), subject: median(ours) };
};
