import type { Page } from 'playwright-core';
import { percentile } from './measure.ts';
import { withLargeApp } from './page-app.ts';
import type { BenchRow } from './row.ts';
import { searchQueries } from './search-queries.ts';

const queryCount = 150;
const warmUps = 15;

/** P5 as a person feels it: from the last letter in the search page to the frame that shows the hits. */
export async function measureSearchInPage(): Promise<BenchRow> {
  const texts = searchQueries(12, queryCount + warmUps).map(({ text }) => text);
  const tookMs = (await withLargeApp(({ page }) => searchManyTimes(page, texts))).slice(warmUps);
  return {
    id: 'P5-search-painted',
    title: 'last letter to painted hits, 1,000,000 messages, p95',
    value: percentile(tookMs, 0.95),
    unit: 'ms',
    target: { is: 'at most', bound: 50 },
    note: `median ${percentile(tookMs, 0.5).toFixed(1)} ms, longest ${Math.max(...tookMs).toFixed(1)} ms; ${queryCount} queries, up to 50 hits`,
  };
}

/** Runs inside the page, so that the driver's own way there and back is not measured. */
const searchManyTimes = (page: Page, queries: readonly string[]): Promise<number[]> =>
  page.evaluate(async (texts) => {
    const find = <Kind extends HTMLElement>(testId: string): Kind | null => document.querySelector<Kind>(`[data-testid="${testId}"]`);
    const until = (isDone: () => boolean): Promise<void> =>
      new Promise((resolve, reject) => {
        const startedAtMs = performance.now();
        const look = (): void => {
          if (isDone()) resolve();
          else if (performance.now() - startedAtMs > 10_000) reject(new Error('never painted'));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    const drawn = (): Promise<void> =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve();
        port2.postMessage(null);
      });
    const type = (input: HTMLInputElement, text: string): void => {
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    };

    location.hash = '#/search/';
    await until(() => find('search-input') !== null);
    const input = find<HTMLInputElement>('search-input') as HTMLInputElement;
    const isEmpty = (): boolean => find('hit') === null && document.querySelector('[data-testid="search-results"] [role="status"]') === null;
    const tookMs: number[] = [];
    for (const text of texts) {
      type(input, '');
      await until(isEmpty);
      const startedAtMs = performance.now();
      type(input, text);
      await until(() => document.querySelector('[data-testid="search-results"] [role="status"]') !== null);
      await drawn();
      tookMs.push(performance.now() - startedAtMs);
    }
    return tookMs;
  }, queries);
