/** P5: a search through the engine's door beside the same question put to raw full-text search, and in the real page. */
import Database from 'better-sqlite3';
import { largeProfile } from './kit/large-profile.ts';
import { startLocalEngine } from './kit/local-engine.ts';
import { median, percentile } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';
import { searchQueries } from './kit/search-queries.ts';

const queryCount = 600;
const warmUps = 60;
const limit = 50;

export async function measure(): Promise<BenchRow[]> {
  const rows = [await againstRaw(100_000), await againstRaw(1_000_000)];
  const { measureSearchInPage } = await import('./kit/search-in-page.ts');
  return [...rows, await measureSearchInPage()];
}

async function againstRaw(messageCount: number): Promise<BenchRow> {
  const { profileDir, rawPath } = largeProfile(messageCount);
  const engine = await startLocalEngine({ profileDir });
  const raw = openRaw(rawPath);
  const rawMs: number[] = [];
  const oursMs: number[] = [];
  for (const [index, { text }] of searchQueries(11, queryCount + warmUps).entries()) {
    const startedAtMs = performance.now();
    const rawRows = raw.search(text);
    const betweenMs = performance.now();
    const { hits } = await engine.call('search.messages', { query: text, conversationId: null, before: null, limit });
    const endedAtMs = performance.now();
    if (hits.length !== rawRows.length) throw new Error(`"${text}": ${hits.length} hits, raw search has ${rawRows.length}`);
    if (index < warmUps) continue;
    rawMs.push(betweenMs - startedAtMs);
    oursMs.push(endedAtMs - betweenMs);
  }
  raw.close();
  await engine.stop();
  const ms = (values: readonly number[], share: number): string => percentile(values, share).toFixed(2);
  return {
    id: `P5-search-${messageCount}`,
    title: `search in ${messageCount.toLocaleString('en')} messages, median, against raw full-text search`,
    value: median(oursMs) / median(rawMs),
    unit: '×',
    target: { is: 'at most', bound: 3 },
    note: `raw ${ms(rawMs, 0.5)} ms (p95 ${ms(rawMs, 0.95)}), engine ${ms(oursMs, 0.5)} ms (p95 ${ms(oursMs, 0.95)}); first ${limit} hits of ${queryCount} queries`,
  };
}

/** The same question: all words, the last one as a beginning, newest first. */
function openRaw(path: string): { search(text: string): unknown[]; close(): void } {
  const db = new Database(path, { readonly: true });
  db.pragma('cache_size = -65536');
  const query = db.prepare(
    `SELECT messages.* FROM (SELECT rowid FROM message_words WHERE message_words MATCH ? ORDER BY rowid DESC LIMIT ${limit}) AS hits
     JOIN messages ON messages.id = hits.rowid ORDER BY messages.id DESC`,
  );
  return {
    search: (text) => query.all(`${text.split(' ').map((word) => `"${word}"`).join(' AND ')} *`),
    close: () => db.close(),
  };
}
