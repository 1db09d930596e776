/** One line of the table: a ratio or a bound, never a bare wall-clock time. */
export interface BenchRow {
  /** Stable: `P1-ingest-ratio`. */
  readonly id: string;
  /** What was measured, against what. */
  readonly title: string;
  readonly value: number;
  readonly unit: '×' | 'ms' | '%' | 'px' | 'frames' | 'MB' | 'messages/s';
  /** What must hold, and what we aim at. */
  readonly target: { readonly is: 'at least' | 'at most'; readonly bound: number; readonly goal?: number };
  /** Figures behind the value, for people who look closer. */
  readonly note: string;
}

export const isMet = ({ value, target }: BenchRow): boolean =>
  target.is === 'at least' ? value >= target.bound : value <= target.bound;

export const targetText = ({ target, unit }: BenchRow): string => {
  const sign = target.is === 'at least' ? '≥' : '≤';
  const goal = target.goal === undefined ? '' : ` (goal ${target.goal})`;
  return `${sign} ${target.bound} ${unit}${goal}`;
};
