/** P4: from one conversation to another with a million messages in the store. */
import { fromColumns, type ConversationCursor, type ConversationId, type ConversationPage } from '#rpc';
import { largeProfile } from './kit/large-profile.ts';
import { startLocalEngine, type LocalEngine } from './kit/local-engine.ts';
import { median, percentile } from './kit/measure.ts';
import { randomOf, type Random } from './kit/random.ts';
import type { BenchRow } from './kit/row.ts';

const openCount = 1_000;
/** Another program that takes the processor for a moment spoils one round, not the row. */
const roundCount = 5;

export async function measure(): Promise<BenchRow[]> {
  const engineRow = await measureEngine();
  const { measureSwitchInPage } = await import('./kit/switch-in-page.ts');
  return [engineRow, await measureSwitchInPage()];
}

async function measureEngine(): Promise<BenchRow> {
  const engine = await startLocalEngine({ profileDir: largeProfile(1_000_000).profileDir });
  const ids = await allConversations(engine);
  const random = randomOf(4);
  const rounds: number[][] = [];
  for (let round = 0; round < roundCount; round += 1) rounds.push(await openMany(engine, ids, random));
  await engine.stop();
  return {
    id: 'P4-switch-engine',
    title: 'engine opens a conversation of 1,000,000 messages, p95',
    value: median(rounds.map((tookMs) => percentile(tookMs, 0.95))),
    unit: 'ms',
    target: { is: 'at most', bound: 3 },
    note: `median ${median(rounds.flat()).toFixed(2)} ms; detail and newest 50 messages, ${openCount} random conversations of ${ids.length}, median of ${roundCount} rounds`,
  };
}

async function openMany(engine: LocalEngine, ids: readonly ConversationId[], random: Random): Promise<number[]> {
  const tookMs: number[] = [];
  for (let count = 0; count < openCount; count += 1) {
    const id = ids[Math.floor(random() * ids.length)] as ConversationId;
    const startedAtMs = performance.now();
    await engine.call('conversations.open', { id, anchor: { kind: 'newest' }, limit: 50 });
    tookMs.push(performance.now() - startedAtMs);
  }
  return tookMs;
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
