import type { LostRow } from '../../rpc/index.ts';
import { toCsv } from '../../ui/csv.ts';

/** One bar of the chart. */
export interface LostBar {
  readonly name: string;
  readonly messageCount: number;
  /** 0 … 1 of the longest. */
  readonly share: number;
}

/** The rows together by person or network, most first; at most `limit` bars. */
export const barsOf = (rows: readonly LostRow[], nameOf: (row: LostRow) => string, limit = 12): readonly LostBar[] => {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + row.messageCount);
  const bars = [...counts].map(([name, messageCount]) => ({ name, messageCount })).sort((a, b) => b.messageCount - a.messageCount);
  const longest = bars[0]?.messageCount ?? 1;
  return bars.slice(0, limit).map((bar) => ({ ...bar, share: bar.messageCount / longest }));
};

export const lostCsv = (heads: readonly string[], rows: readonly LostRow[]): string =>
  toCsv(heads, rows.map((row) => [row.person, row.title, row.network, row.messageCount, new Date(row.oldestAtMs).toISOString()]));
