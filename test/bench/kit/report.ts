import { cpus, loadavg, totalmem } from 'node:os';
import { isMet, targetText, type BenchRow } from './row.ts';

const figure = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);

const cells = (row: BenchRow): readonly string[] => [
  row.id,
  row.title,
  `${figure(row.value)} ${row.unit}`,
  targetText(row),
  isMet(row) ? 'yes' : 'NO',
  row.note,
];

const head = ['id', 'what', 'value', 'target', 'met', 'figures'];

/** A table for the terminal. */
export const asTable = (rows: readonly BenchRow[]): string => {
  const lines = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
};

/** The page docs/performance.md. */
export const asPage = (rows: readonly BenchRow[], notMeasured: readonly string[]): string => {
  const table = [head, head.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`).join('\n');
  const missing =
    notMeasured.length === 0 ? '' : `\nNot measured in this run:\n\n${notMeasured.map((line) => `- ${line}`).join('\n')}\n`;
  return `# Performance

Written by \`npm run bench\`. Every row is a ratio to a yardstick taken in turns in the same run, or a bound a person can
feel; wall-clock times alone say more about the machine than about the program.

Last run: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node};
while it ran, ${figure(loadavg()[1] ?? 0)} programs wanted a processor at a time (rows in milliseconds suffer from more than two).

${table}
${missing}
Text is generated from a seed: Zipf-distributed words of Spanish, English and Estonian, log-normal length, 2,000
conversations. Yardsticks: raw better-sqlite3 doing the same work without the engine (P1, P5), a raw socket that reads
the archive and stores it (P2), a bare window of the same runtime (P6, P7). Rows P4, P5, P6, P7 and P9 run the built app
in Electron with a store of 1,000,000 messages, made once and kept in the cache.

XMPP alone are P2, P8, P11 and P12. What a hostile server costs in memory is held by tests instead: the engine may grow by
64 MiB, looked at every 50 ms, while one server throws 100,000 messages, 10,000 strangers and 10,000 guests of a room at it,
and by no more for what is meant to fill the memory ([how it is counted](../test/integration/xmpp-hostile/README.md)).
`;
};

/** What \`--json\` writes. */
export const asJson = (rows: readonly BenchRow[]): string =>
  `${JSON.stringify(
    rows.map((row) => ({ id: row.id, value: row.value, unit: row.unit, target: targetText(row), ok: isMet(row) })),
    null,
    2,
  )}\n`;
