/** P10: a thousand messages from the engine to the page, made into columns, posted and made into rows again. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { fromColumns, fromMessageColumns, toMessageColumns, type MessageRow } from '#rpc';
import { largeProfile } from './kit/large-profile.ts';
import { startLocalEngine } from './kit/local-engine.ts';
import { median } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';

const rowCount = 1_000;
const warmUps = 200;
const turns = 400;

export async function measure(): Promise<BenchRow[]> {
  const rows = await readRows();
  const { port1, port2 } = new MessageChannel();
  const page = new Worker(new URL('./kit/ipc-page.ts', import.meta.url), { workerData: port2, transferList: [port2] });
  const postAndWait = (value: unknown): Promise<number> =>
    new Promise((resolve) => {
      port1.once('message', resolve);
      port1.postMessage(value);
    });
  const columnsMs: number[] = [];
  const rowsMs: number[] = [];
  const emptyMs: number[] = [];
  for (let turn = 0; turn < warmUps + turns; turn += 1) {
    const empty = await timed(() => postAndWait(null));
    const asColumns = await timed(() => postAndWait(toMessageColumns(rows)));
    const asRows = await timed(() => postAndWait(rows));
    if (turn < warmUps) continue;
    emptyMs.push(empty);
    columnsMs.push(asColumns);
    rowsMs.push(asRows);
  }
  await page.terminate();
  port1.close();
  const ms = (values: readonly number[]): string => median(values).toFixed(2);
  return [
    {
      id: 'P10-ipc',
      title: 'a thousand message rows over a MessagePort, encoded and decoded, with the answer',
      value: median(columnsMs),
      unit: 'ms',
      target: { is: 'at most', bound: 0.3 },
      note: `the same as plain objects ${ms(rowsMs)} ms, an empty post and its answer ${ms(emptyMs)} ms; ${turns} times, median`,
    },
  ];
}

async function readRows(): Promise<MessageRow[]> {
  const engine = await startLocalEngine({ profileDir: largeProfile(100_000).profileDir });
  const list = await engine.call('conversations.list', { filter: {}, after: null, limit: 20 });
  const rows: MessageRow[] = [];
  for (const { id } of fromColumns(list.rows)) {
    const page = await engine.call('messages.page', { conversationId: id, anchor: { kind: 'newest' }, limit: 200 });
    rows.push(...fromMessageColumns(page.rows));
  }
  await engine.stop();
  if (rows.length < rowCount) throw new Error(`only ${rows.length} rows to post`);
  return rows.slice(0, rowCount);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await run();
  return performance.now() - startedAtMs;
}
