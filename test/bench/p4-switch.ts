/** P4: from one conversation to another with a million messages in the store. */
import { fromColumns, type ConversationCursor, type ConversationId, type ConversationPage } from '#rpc';
import { largeProfile } from './kit/large-profile.ts';
import { startLocalEngine, type LocalEngine } from './kit/local-engine.ts';
import { percentile, threadCpuMs } from './kit/measure.ts';
import { randomOf } from './kit/random.ts';
import type { BenchRow } from './kit/row.ts';

const openCount = 1_000;

export async function measure(): Promise<BenchRow[]> {
  const engineRow = await measureEngine();
  const { measureSwitchInPage } = await import('./kit/switch-in-page.ts');
  return [engineRow, await measureSwitchInPage()];
}

async function measureEngine(): Promise<BenchRow> {
  const engine = await startLocalEngine({ profileDir: largeProfile(1_000_000).profileDir });
  const ids = await allConversations(engine);
  const random = randomOf(4);
  const tookMs: number[] = [];
  const wallMs: number[] = [];
  for (let round = 0; round < openCount; round += 1) {
    const id = ids[Math.floor(random() * ids.length)] as ConversationId;
    const startedAtMs = performance.now();
    tookMs.push(await threadCpuMs(() => engine.call('conversations.open', { id, anchor: { kind: 'newest' }, limit: 50 })));
    wallMs.push(performance.now() - startedAtMs);
  }
  await engine.stop();
  return {
    id: 'P4-switch-engine',
    title: 'engine opens a conversation of 1,000,000 messages, p95 of its processor time',
    value: percentile(tookMs, 0.95),
    unit: 'ms',
    target: { is: 'at most', bound: 3 },
    note: `median ${percentile(tookMs, 0.5).toFixed(2)} ms, by the clock ${percentile(wallMs, 0.5).toFixed(2)} ms (p95 ${percentile(wallMs, 0.95).toFixed(2)}); detail and newest 50 messages, ${openCount} random conversations of ${ids.length}`,
  };
}

async function allConversations(engine: LocalEngine): Promise<ConversationId[]> {
  const ids: ConversationId[] = [];
  let after: ConversationCursor | null = null;
  do {
    const page: ConversationPage = await engine.call('conversations.list', { filter: {}, after, limit: 200 });
    ids.push(...fromColumns(page.rows).map((row) => row.id));
    after = page.next;
  } while (after !== null);
  return ids;
}
