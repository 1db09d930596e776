import type { Page } from 'playwright-core';
import { percentile } from './measure.ts';
import { withLargeApp } from './page-app.ts';
import type { BenchRow } from './row.ts';

const switchCount = 200;
const warmUps = 20;

/** P4 as a person feels it: from the click on a row to the frame that shows the other conversation's messages. */
export async function measureSwitchInPage(): Promise<BenchRow> {
  const tookMs = (await withLargeApp(({ page }) => switchManyTimes(page, switchCount + warmUps))).slice(warmUps);
  return {
    id: 'P4-switch-painted',
    title: 'click to painted conversation, 1,000,000 messages, p95',
    value: percentile(tookMs, 0.95),
    unit: 'ms',
    target: { is: 'at most', bound: 50 },
    note: `median ${percentile(tookMs, 0.5).toFixed(1)} ms, longest ${Math.max(...tookMs).toFixed(1)} ms; ${switchCount} switches, software drawing`,
  };
}

/** Runs inside the page, so that the driver's own way there and back is not measured. */
const switchManyTimes = (page: Page, count: number): Promise<number[]> =>
  page.evaluate(async (rounds) => {
    const all = (testId: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testId}"]`)];
    const isShown = (title: string): boolean =>
      document.querySelector('[data-testid="conversation-title"]')?.textContent === title && all('message').length > 0;
    const painted = async (isDone: () => boolean): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        const startedAtMs = performance.now();
        const look = (): void => {
          if (isDone()) resolve();
          else if (performance.now() - startedAtMs > 10_000) reject(new Error('never painted'));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
      // The callback runs before its frame is drawn; a task after it runs when that is done.
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve();
        port2.postMessage(null);
      });
    };
    const tookMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const rows = all('conversation-row').filter((row) => row.getAttribute('aria-selected') !== 'true');
      const row = rows[round % rows.length] as HTMLElement;
      const title = row.dataset['conversationTitle'] ?? '';
      const startedAtMs = performance.now();
      row.click();
      await painted(() => isShown(title));
      tookMs.push(performance.now() - startedAtMs);
      // People read for a moment; what the switch started in the background ends meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return tookMs;
  }, count);
