/** P9: scrolling through the largest conversation of a million messages, and older pages coming in above. */
import type { Page } from 'playwright-core';
import { percentile } from './kit/measure.ts';
import { withLargeApp } from './kit/page-app.ts';
import type { BenchRow } from './kit/row.ts';

const flingFrames = 150;
const flingPx = 600;
const prependCount = 12;
/** This close to the start the timeline asks for older messages (useTimelineScroll.ts). */
const pageAheadPx = 1_400;

interface Scrolled {
  readonly frameMs: number[];
  readonly blankFrames: number;
  readonly shownMessages: number;
  /** How far the row that is read moved while an older page was put above it. */
  readonly shiftsPx: number[];
}

export async function measure(): Promise<BenchRow[]> {
  const { blankFrames, frameMs, shiftsPx, shownMessages } = await withLargeApp(({ page }) => scroll(page));
  const worstShiftPx = Math.max(...shiftsPx);
  return [
    {
      id: 'P9-scroll-frame',
      title: 'time of a frame while flinging through a conversation, p95',
      value: percentile(frameMs, 0.95),
      unit: 'ms',
      target: { is: 'at most', bound: 18.5 },
      note: `median ${percentile(frameMs, 0.5).toFixed(1)} ms, longest ${Math.max(...frameMs).toFixed(1)} ms; ${flingFrames} frames of ${flingPx} px up, ${shownMessages} messages passed, pages loading on the way`,
    },
    {
      id: 'P9-scroll-blank',
      title: 'frames of that fling with an empty stretch',
      value: blankFrames,
      unit: 'frames',
      target: { is: 'at most', bound: 0 },
      note: `of ${frameMs.length}`,
    },
    {
      id: 'P9-scroll-prepend',
      title: 'how far the text being read moves when an older page arrives',
      value: worstShiftPx,
      unit: 'px',
      target: { is: 'at most', bound: 1 },
      note: `${shiftsPx.length} pages: ${shiftsPx.map((px) => px.toFixed(1)).join(', ')}`,
    },
  ];
}

/** Runs inside the page: only there can every frame be seen. */
const scroll = (page: Page): Promise<Scrolled> =>
  page.evaluate(
    async ({ aheadPx, frames, stepPx, pages }) => {
      const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const messages = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid="message"]')];
      const idOf = (message: HTMLElement): number => Number(message.dataset['messageId']);
      const until = async (isDone: () => boolean, timeoutMs: number): Promise<boolean> => {
        const endMs = performance.now() + timeoutMs;
        while (!isDone()) {
          if (performance.now() > endMs) return false;
          await nextFrame();
        }
        return true;
      };
      // The longest conversation of the generator is its first customer.
      location.hash = '#/inbox/1';
      await until(() => messages().length > 0, 10_000);
      const scroller = document.querySelector<HTMLElement>('[data-testid="timeline"]') as HTMLElement;
      const settle = async (): Promise<void> => {
        for (let frame = 0; frame < 20; frame += 1) await nextFrame();
      };
      /** Some part of the view where rows should be has none. */
      const isBlank = (): boolean => {
        const view = scroller.getBoundingClientRect();
        const inner = (scroller.querySelector('.inner') as HTMLElement).getBoundingClientRect();
        const shown = messages().map((message) => message.getBoundingClientRect());
        const top = Math.min(...shown.map((box) => box.top));
        const bottom = Math.max(...shown.map((box) => box.bottom));
        const paddingPx = 14;
        return top > Math.max(view.top, inner.top) + 2 || bottom < Math.min(view.bottom, inner.bottom - paddingPx) - 2;
      };
      await settle();

      const seen = new Set<number>();
      const frameMs: number[] = [];
      let blankFrames = 0;
      let lastMs = await nextFrame();
      for (let frame = 0; frame < frames; frame += 1) {
        scroller.scrollTop -= stepPx;
        // Looked at in a task after the frame's callbacks, when what is drawn is decided.
        const nowMs = await nextFrame();
        frameMs.push(nowMs - lastMs);
        lastMs = nowMs;
        await new Promise<void>((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve();
          port2.postMessage(null);
        });
        if (isBlank()) blankFrames += 1;
        for (const message of messages()) seen.add(idOf(message));
      }

      const shiftsPx: number[] = [];
      const topOf = (id: number): number | undefined =>
        messages().find((message) => idOf(message) === id)?.getBoundingClientRect().top;
      for (let turn = 0; turn < pages; turn += 1) {
        // Just above the place where the next page is asked for, then a small step over it.
        scroller.scrollTop = aheadPx + 150;
        await settle();
        scroller.scrollTop = aheadPx - 20;
        const position = scroller.scrollTop;
        const viewTop = scroller.getBoundingClientRect().top;
        const read = messages().find((message) => message.getBoundingClientRect().top >= viewTop + 40);
        if (!read) continue;
        const id = idOf(read);
        const topBefore = read.getBoundingClientRect().top;
        // An older page pushes everything down, and the scroll position follows it without our doing.
        if (!(await until(() => Math.abs(scroller.scrollTop - position) > 500, 1_500))) continue;
        await settle();
        shiftsPx.push(Math.abs((topOf(id) ?? Number.POSITIVE_INFINITY) - topBefore));
      }
      return { frameMs, blankFrames, shownMessages: seen.size, shiftsPx };
    },
    { aheadPx: pageAheadPx, frames: flingFrames, stepPx: flingPx, pages: prependCount },
  );
