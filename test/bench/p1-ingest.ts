/** P1: what the engine's pipeline costs beside a bare loop that inserts the same messages. */
import { join } from 'node:path';
import type { RemoteMessage } from '#model';
import { generateMessages } from './kit/generate.ts';
import { cpuMs, interleave } from './kit/measure.ts';
import { ingestAll, openTestStore, toEvents } from './kit/open-test-store.ts';
import { RawStore } from './kit/raw-store.ts';
import type { BenchRow } from './kit/row.ts';
import { makeScratch, removeScratch } from './kit/scratch.ts';

const messageCount = 30_000;
const turns = 7;
const batchSizes = [250, 1_000];

export async function measure(): Promise<BenchRow[]> {
  const messages = [...generateMessages(1, messageCount)];
  const rows: BenchRow[] = [];
  for (const batchSize of batchSizes) rows.push(await measureBatch(messages, batchSize));
  return rows;
}

async function measureBatch(messages: readonly RemoteMessage[], batchSize: number): Promise<BenchRow> {
  const events = toEvents(messages, 'catchup');
  const raw = (): Promise<number> =>
    onFreshFile(async (path) => {
      const store = new RawStore(path);
      const usedMs = await cpuMs(() => store.insertAll(messages, batchSize));
      if (store.countMessages() !== messageCount) throw new Error('the yardstick lost messages');
      store.close();
      return usedMs;
    });
  const ours = (): Promise<number> =>
    onFreshFile(async (path) => {
      const store = openTestStore(path);
      const usedMs = await cpuMs(() => ingestAll(store, events, batchSize));
      const stored = store.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get()?.n;
      if (stored !== messageCount) throw new Error('the pipeline lost messages');
      store.db.close();
      return usedMs;
    });
  const { yardstick, subject } = await interleave(turns, raw, ours);
  const perMessageUs = (totalMs: number): string => ((totalMs * 1_000) / messageCount).toFixed(1);
  return {
    id: `P1-ingest-${batchSize}`,
    title: `engine's share of raw SQLite's insert rate, batches of ${batchSize}`,
    value: yardstick / subject,
    unit: '×',
    target: { is: 'at least', bound: 0.5, goal: 0.7 },
    note: `CPU per message: raw ${perMessageUs(yardstick)} µs, engine ${perMessageUs(subject)} µs`,
  };
}

async function onFreshFile(run: (path: string) => Promise<number>): Promise<number> {
  const folder = makeScratch('ingest');
  try {
    return await run(join(folder, 'palomar.db'));
  } finally {
    removeScratch(folder);
  }
}
