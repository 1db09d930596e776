import type { Page } from 'playwright-core';
import { until } from '../../kit/until.ts';

export interface ScrollReport {
  /** Ids of all messages that were drawn on the way. */
  readonly messageCount: number;
  readonly days: readonly string[];
  /** The farthest that a row in view moved, in pixels, while nobody scrolled. */
  readonly largestDriftPx: number;
  readonly isAtBeginning: boolean;
}

/**
 * Waits until the conversation that was opened stands still at its end, then scrolls the timeline up, a piece at a time, until its beginning. After each piece a row in view is watched
 * for some frames: pages that are put before it must not move it.
 */
export const scrollToBeginning = (page: Page): Promise<ScrollReport> =>
  page.evaluate(async () => {
    const scroller = document.querySelector<HTMLElement>('[data-testid=timeline]');
    if (!scroller) throw new Error('no timeline is open');
    const stepPx = 400;
    const watchedFrames = 4;
    const stillFrames = 10;
    const giveUpAtMs = performance.now() + 60_000;
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
    const rows = (): readonly HTMLElement[] => [...scroller.querySelectorAll<HTMLElement>('[data-message-id]')];
    const topOf = (row: HTMLElement): number => row.getBoundingClientRect().top;
    // By its lower edge: a row that gains its day and its sender grows upwards, and its words stay.
    const placeOf = (row: HTMLElement): number => row.getBoundingClientRect().bottom;
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
    for (let still = 0, before = ''; still < stillFrames && performance.now() < giveUpAtMs; ) {
      await frame();
      const now = `${scroller.scrollTop} of ${scroller.scrollHeight}, ${rows().length} rows`;
      still = now === before ? still + 1 : 0;
      before = now;
    }
    while (!isAtBeginning() && performance.now() < giveUpAtMs) {
      collect();
      scroller.scrollTop -= stepPx;
      await frame();
      const row = inView();
      const place = row ? placeOf(row) : 0;
      for (let count = 0; count < watchedFrames; count += 1) {
        await frame();
        if (row?.isConnected) largestDriftPx = Math.max(largestDriftPx, Math.abs(placeOf(row) - place));
      }
    }
    collect();
    return { messageCount: seen.size, days: [...days], largestDriftPx, isAtBeginning: isAtBeginning() };
  });

/**
 * The same where every page comes late: the person stands at the first row that is known when the next page is put
 * before it.
 * @param hold keeps the next page back, and `release` lets it come
 * @returns the farthest that a row in view moved with each page, in pixels
 */
export const meetLatePages = async (page: Page, { hold, release }: { hold(): void; release(): void }): Promise<readonly number[]> => {
  const drifts: number[] = [];
  await until(() => page.evaluate(isLong), { label: 'more than fits in view' });
  while (drifts.length < 50) {
    hold();
    const watched = await page.evaluate(standAtFirstRow).finally(release);
    if (watched === null) return drifts;
    drifts.push(await page.evaluate(driftOfNextPage, watched));
  }
  throw new Error('the beginning never came');
};

interface WatchedRow {
  readonly id: string;
  readonly topPx: number;
}

/** Whoever sees the end too would be kept there. */
const isLong = (): boolean => {
  const scroller = document.querySelector('[data-testid=timeline]');
  return scroller !== null && scroller.scrollHeight > 3 * scroller.clientHeight;
};

/** Answers a row in view; null: the beginning of the conversation is there. */
const standAtFirstRow = async (): Promise<WatchedRow | null> => {
  const scroller = document.querySelector<HTMLElement>('[data-testid=timeline]');
  if (!scroller) throw new Error('no timeline is open');
  const stillFrames = 6;
  for (let frames = 0, still = 0; still < stillFrames; frames += 1) {
    if (frames > 600) throw new Error(`the first row is never reached: ${scroller.scrollTop} px above`);
    still = scroller.scrollTop === 0 ? still + 1 : 0;
    scroller.scrollTop = 0;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  if ((scroller.querySelector('.edge')?.textContent ?? '').includes('beginning')) return null;
  // The first row itself may grow upwards, by its day and its sender.
  const row = scroller.querySelectorAll<HTMLElement>('[data-message-id]')[1];
  return { id: row?.dataset['messageId'] ?? '', topPx: row?.getBoundingClientRect().top ?? 0 };
};

const driftOfNextPage = async ({ id, topPx }: WatchedRow): Promise<number> => {
  const giveUpAtMs = performance.now() + 20_000;
  let largestDriftPx = 0;
  for (let framesSince = 0; framesSince < 4; ) {
    if (performance.now() > giveUpAtMs) throw new Error('the page never came');
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const row = document.querySelector(`[data-testid=timeline] [data-message-id="${id}"]`);
    if (!row) return Number.POSITIVE_INFINITY;
    largestDriftPx = Math.max(largestDriftPx, Math.abs(row.getBoundingClientRect().top - topPx));
    if ((row.closest('[data-testid=timeline]')?.scrollTop ?? 0) > 0) framesSince += 1;
  }
  return largestDriftPx;
};
