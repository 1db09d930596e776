import type { Page } from 'playwright-core';

export interface ScrollReport {
  /** Ids of all messages that were drawn on the way. */
  readonly messageCount: number;
  readonly days: readonly string[];
  /** The farthest that a row in view moved, in pixels, while nobody scrolled. */
  readonly largestDriftPx: number;
  readonly isAtBeginning: boolean;
}

/**
 * Scrolls the open timeline up, a piece at a time, until its beginning. After each piece a row in view is watched
 * for some frames: pages that are put before it must not move it.
 */
export const scrollToBeginning = (page: Page): Promise<ScrollReport> =>
  page.evaluate(async () => {
    const scroller = document.querySelector<HTMLElement>('[data-testid=timeline]');
    if (!scroller) throw new Error('no timeline is open');
    const stepPx = 400;
    const watchedFrames = 4;
    const giveUpAtMs = performance.now() + 60_000;
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
    const rows = (): readonly HTMLElement[] => [...scroller.querySelectorAll<HTMLElement>('[data-message-id]')];
    const topOf = (row: HTMLElement): number => row.getBoundingClientRect().top;
    const inView = (): HTMLElement | undefined => rows().find((row) => topOf(row) > scroller.getBoundingClientRect().top + 60);
    const isAtBeginning = (): boolean => scroller.scrollTop <= 0 && (scroller.querySelector('.edge')?.textContent ?? '').includes('beginning');

    const seen = new Set<string>();
    const days = new Set<string>();
    let largestDriftPx = 0;
    const collect = (): void => {
      for (const row of rows()) {
        seen.add(row.dataset['messageId'] ?? '');
        const day = row.querySelector('.day')?.textContent?.trim();
        if (day) days.add(day);
      }
    };
    while (!isAtBeginning() && performance.now() < giveUpAtMs) {
      collect();
      scroller.scrollTop -= stepPx;
      await frame();
      const row = inView();
      const top = row ? topOf(row) : 0;
      for (let count = 0; count < watchedFrames; count += 1) {
        await frame();
        if (row?.isConnected) largestDriftPx = Math.max(largestDriftPx, Math.abs(topOf(row) - top));
      }
    }
    collect();
    return { messageCount: seen.size, days: [...days], largestDriftPx, isAtBeginning: isAtBeginning() };
  });
