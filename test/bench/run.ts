/**
 * npm run bench [-- --only P1,P5] [--json FILE] [--no-page]
 * Runs every bench, prints a table, writes docs/performance.md. Exit code 1 when a target is missed.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { clearAppStage } from './kit/app-stage.ts';
import { asJson, asPage, asTable } from './kit/report.ts';
import { isMet, type BenchRow } from './kit/row.ts';

/** In the order of the table. Each is loaded only when it runs. */
const benches: Readonly<Record<string, () => Promise<{ measure(): Promise<readonly BenchRow[]> }>>> = {
  P1: () => import('./p1-ingest.ts'),
  P2: () => import('./p2-catch-up.ts'),
  P4: () => import('./p4-switch.ts'),
  P5: () => import('./p5-search.ts'),
  P6: () => import('./p6-start.ts'),
  P7: () => import('./p7-memory.ts'),
  P8: () => import('./p8-idle.ts'),
  P9: () => import('./p9-scroll.ts'),
  P10: () => import('./p10-ipc.ts'),
  P11: () => import('./p11-archive-rate.ts'),
  P12: () => import('./p12-smoothness.ts'),
  P13: () => import('./p13-matrix-sync.ts'),
  P14: () => import('./p14-matrix-memory.ts'),
  P15: () => import('./p15-matrix-keys.ts'),
  P16: () => import('./p16-push.ts'),
};

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'string' }, 'no-page': { type: 'boolean' } },
});
const wanted = values.only?.split(',') ?? Object.keys(benches);
const rows: BenchRow[] = [];
const notMeasured: string[] = [];

for (const [id, load] of Object.entries(benches)) {
  if (!wanted.includes(id)) {
    notMeasured.push(id);
    continue;
  }
  console.error(`measuring ${id} …`);
  try {
    rows.push(...(await (await load()).measure()));
  } catch (error) {
    notMeasured.push(`${id}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

await clearAppStage();
console.log(asTable(rows));
for (const line of notMeasured) console.log(`not measured: ${line}`);
if (values.json) writeFileSync(values.json, asJson(rows));
if (!values['no-page'] && !values.only) writeFileSync('docs/performance.md', asPage(rows, notMeasured));
if (rows.some((row) => !isMet(row))) process.exitCode = 1;
