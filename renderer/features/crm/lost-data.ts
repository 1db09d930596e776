import type { LostRow } from '../../rpc/index.ts';

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

/** RFC 4180. What a table program would take for a formula is made text by a quote in front of it. */
const cell = (value: string | number): string => {
  const text = String(value);
  const safe = typeof value === 'string' && /^\s*[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const lostCsv = (heads: readonly string[], rows: readonly LostRow[]): string =>
  [heads, ...rows.map((row) => [row.person, row.title, row.network, row.messageCount, new Date(row.oldestAtMs).toISOString()])]
    .map((line) => line.map(cell).join(','))
    .join('\r\n')
    .concat('\r\n');
