import { computed, nextTick, onMounted, onScopeDispose, ref, watch, type Ref } from 'vue';
import { useVirtualizer, type Virtualizer } from '@tanstack/vue-virtual';
import { afterPaint } from '../../ui/after-paint.ts';
import { firstSize, observeSize } from '../../ui/observe-size.ts';
import { guessFirstHeight, guessHeight, type TimelineItem } from './timeline-items.ts';

/** Ask for the next page this far before the edge comes into view. */
const aheadPx = 1_400;
const endThresholdPx = 60;
/** Rows drawn beyond the view: for the first frame none that nobody sees, then enough for a fling. */
const overscan = { first: 1, later: 10 } as const;
/** Room for the line that says where the conversation begins. */
const edgePx = 24;
/** A row that was jumped to must stay in view for so many frames. */
const stillFrames = 8;
const mostAimingFrames = 90;

const nextFrame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));

export interface ScrollEdges {
  /** The newest message is in the window: who stands at the end wants to stay there. */
  readonly isLive: () => boolean;
  readonly onNearStart: () => void;
  readonly onNearEnd: () => void;
}

/**
 * Heights come from the observer only, which tells them after the one layout of a frame and before its paint. Asking
 * a new row for its height at once would force a layout for every row of a conversation that is being opened.
 */
const observedHeight = (
  element: HTMLElement,
  entry: ResizeObserverEntry | undefined,
  instance: Virtualizer<HTMLElement, HTMLElement>,
): number => {
  const box = entry?.borderBoxSize[0];
  if (box) return Math.round(box.blockSize);
  const index = instance.indexFromElement(element);
  return instance.itemSizeCache.get(instance.options.getItemKey(index)) ?? instance.options.estimateSize(index);
};

/**
 * The virtualised timeline, anchored at its end: prepended pages move nothing, new messages are followed only by
 * somebody who is at the end. Each row is placed by itself: a row that is measured late moves nobody else.
 */
export const useTimelineScroll = (
  scroller: Readonly<Ref<HTMLElement | null>>,
  inner: Readonly<Ref<HTMLElement | null>>,
  items: Readonly<Ref<readonly TimelineItem[]>>,
  edges: ScrollEdges,
) => {
  const isAtEnd = ref(true);
  const isDrawn = ref(false);
  /**
   * Rows that may gain their day and their sender with what was just put before them: the old first row, and in the
   * same turn the new one when nothing older exists. They are drawn and measured in the next frame, and ordinary rows
   * after it.
   */
  const boundaryKeys = new Set<number>();
  const markBoundary = (key: number): void => {
    boundaryKeys.add(key);
    void nextFrame().then(nextFrame).then(() => boundaryKeys.delete(key));
  };
  /**
   * The virtualiser moves the scroll position before Vue draws the longer page, and a browser cuts a position off
   * at the height it knows. So the room for older rows is made at once; Vue then writes the exact height.
   */
  const makeRoom = (addedCount: number): void => {
    if (!inner.value || addedCount === 0) return;
    const addedPx = items.value.slice(0, addedCount).reduce((sum, item) => sum + guessHeight(item), 0);
    inner.value.style.height = `${inner.value.offsetHeight + addedPx}px`;
  };
  watch(
    [() => items.value[0]?.row.id ?? null, () => items.value[0]?.startsDay ?? false] as const,
    ([first, startsDay], [before, startedDay]) => {
      if (first === before) {
        // Nothing older exists after all: the first row gets its day and its sender now.
        if (first !== null && startsDay && !startedDay) markBoundary(first);
        return;
      }
      if (before === null) return;
      markBoundary(before);
      makeRoom(Math.max(0, items.value.findIndex((item) => item.row.id === before)));
    },
    { flush: 'sync' },
  );

  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>(
    computed(() => ({
      count: items.value.length,
      getScrollElement: () => scroller.value,
      estimateSize: (index: number) => (index === 0 ? guessFirstHeight : guessHeight)(items.value[index]),
      getItemKey: (index: number) => items.value[index]?.row.id ?? index,
      measureElement: observedHeight,
      initialRect: firstSize(),
      observeElementRect: observeSize,
      initialOffset: () => items.value.reduce((sum, item) => sum + guessHeight(item), 0),
      anchorTo: 'end' as const,
      followOnAppend: edges.isLive(),
      scrollEndThreshold: endThresholdPx,
      overscan: isDrawn.value ? overscan.later : overscan.first,
      paddingStart: edgePx,
      paddingEnd: 12,
    })),
  );
  // A row that gains its day divider because an older page arrived grows upwards: what is read stays where it is.
  virtualizer.value.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, instance) =>
    boundaryKeys.has(Number(item.key)) || item.start < (instance.scrollOffset ?? 0);

  const onScroll = (): void => {
    const element = scroller.value;
    if (!element) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    isAtEnd.value = left <= endThresholdPx;
    if (element.scrollTop < aheadPx) edges.onNearStart();
    if (left < aheadPx) edges.onNearEnd();
  };

  /** A page that does not fill the view has its start in sight, and nobody can scroll there to ask for what is older. */
  const askWhenAllIsSeen = (): void => {
    const element = scroller.value;
    if (element && element.scrollHeight <= element.clientHeight) edges.onNearStart();
  };

  const toEnd = async (): Promise<void> => {
    await nextTick();
    virtualizer.value.scrollToEnd();
    isAtEnd.value = true;
  };

  const isInView = (id: number): boolean => {
    const frame = scroller.value?.getBoundingClientRect();
    const row = scroller.value?.querySelector(`[data-message-id="${id}"]`)?.getBoundingClientRect();
    return frame !== undefined && row !== undefined && row.bottom > frame.top && row.top < frame.bottom;
  };

  /** Pages that arrive and heights that become known move a far row: it is aimed at again until it stays in view. */
  const toMessage = async (id: number): Promise<boolean> => {
    await nextTick();
    const indexOf = (): number => items.value.findIndex((item) => item.row.id === id);
    if (indexOf() === -1) return false;
    isAtEnd.value = false;
    virtualizer.value.scrollToIndex(indexOf(), { align: 'center' });
    for (let frames = 0, still = 0; frames < mostAimingFrames && still < stillFrames; frames += 1) {
      await nextFrame();
      still = isInView(id) ? still + 1 : 0;
      if (still === 0 && indexOf() !== -1) virtualizer.value.scrollToIndex(indexOf(), { align: 'center' });
    }
    return true;
  };

  let cancelLook = (): void => undefined;
  const lookAfterPaint = (): void => {
    cancelLook();
    cancelLook = afterPaint(() => {
      isDrawn.value = true;
      onScroll();
    });
  };
  onMounted(lookAfterPaint);
  onScopeDispose(() => cancelLook());
  // More can come at once than one page of newer rows holds: whoever stood at the end goes on to it, page by page.
  let follows = edges.isLive();
  const staysAtEnd = (before: readonly TimelineItem[]): boolean => {
    const lastId = before.at(-1)?.row.id;
    const isContinued = lastId !== undefined && items.value.some(({ row }) => row.id === lastId);
    follows = isAtEnd.value && (edges.isLive() || (follows && isContinued));
    return follows;
  };
  watch(
    items,
    (_now, before) => {
      const stays = staysAtEnd(before);
      if (stays) void toEnd();
      // Asked now, the sizes would have to be laid out at once: the next frame knows them.
      requestAnimationFrame(stays && edges.isLive() ? askWhenAllIsSeen : onScroll);
    },
    { flush: 'post' },
  );

  return { virtualizer, isAtEnd, onScroll, toEnd, toMessage };
};
