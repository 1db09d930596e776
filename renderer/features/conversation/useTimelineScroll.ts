import { computed, nextTick, onMounted, ref, watch, type Ref } from 'vue';
import { useVirtualizer } from '@tanstack/vue-virtual';
import { guessHeight, type TimelineItem } from './timeline-items.ts';

/** Ask for the next page this far before the edge comes into view. */
const aheadPx = 1_400;
const endThresholdPx = 60;

export interface ScrollEdges {
  readonly onNearStart: () => void;
  readonly onNearEnd: () => void;
}

/**
 * The virtualised timeline, anchored at its end: prepended pages move nothing, new messages are followed only by
 * somebody who is at the end. Rows stand in normal flow inside one moved block, so no two can overlap.
 */
export const useTimelineScroll = (
  scroller: Readonly<Ref<HTMLElement | null>>,
  items: Readonly<Ref<readonly TimelineItem[]>>,
  edges: ScrollEdges,
) => {
  const isAtEnd = ref(true);
  let boundaryKey: number | null = null;
  watch(
    () => items.value[0]?.row.id ?? null,
    (_, before) => (boundaryKey = before ?? null),
    { flush: 'sync' },
  );

  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>(
    computed(() => ({
      count: items.value.length,
      getScrollElement: () => scroller.value,
      estimateSize: (index: number) => guessHeight(items.value[index]),
      getItemKey: (index: number) => items.value[index]?.row.id ?? index,
      initialOffset: () => items.value.reduce((sum, item) => sum + guessHeight(item), 0),
      anchorTo: 'end' as const,
      followOnAppend: true,
      scrollEndThreshold: endThresholdPx,
      overscan: 8,
      paddingEnd: 12,
    })),
  );
  // A row that gains its day divider because an older page arrived grows upwards: what is read stays where it is.
  virtualizer.value.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, instance) =>
    item.key === boundaryKey || item.start < (instance.scrollOffset ?? 0);

  const onScroll = (): void => {
    const element = scroller.value;
    if (!element) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    isAtEnd.value = left <= endThresholdPx;
    if (element.scrollTop < aheadPx) edges.onNearStart();
    if (left < aheadPx) edges.onNearEnd();
  };

  const toEnd = async (): Promise<void> => {
    await nextTick();
    virtualizer.value.scrollToEnd();
    isAtEnd.value = true;
  };

  const toMessage = async (id: number): Promise<boolean> => {
    await nextTick();
    const index = items.value.findIndex((item) => item.row.id === id);
    if (index === -1) return false;
    virtualizer.value.scrollToIndex(index, { align: 'center' });
    isAtEnd.value = false;
    return true;
  };

  onMounted(() => void nextTick(onScroll));
  watch(items, () => void nextTick(onScroll), { flush: 'post' });

  return { virtualizer, isAtEnd, onScroll, toEnd, toMessage };
};
