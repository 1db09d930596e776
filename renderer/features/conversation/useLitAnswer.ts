import { nextTick, ref, watch, type Ref } from 'vue';
import type { MessageId } from '../../rpc/index.ts';
import type { Thread } from './useThread.ts';

/** So many earlier pages are looked through for it. */
const mostPages = 10;

/**
 * The answer that somebody looked for: earlier ones are fetched until it is there, then it is in view and lit.
 * @param wanted undefined: nobody looks for one
 */
export const useLitAnswer = (wanted: MessageId | undefined, thread: Thread, scroller: Readonly<Ref<HTMLElement | null>>) => {
  const litId = ref<MessageId | null>(null);
  let isSeeking = wanted !== undefined;
  let pages = 0;

  const show = async (id: MessageId): Promise<void> => {
    await nextTick();
    const row = scroller.value?.querySelector<HTMLElement>(`[data-message-id="${id}"]`);
    row?.scrollIntoView({ block: 'center' });
    row?.focus({ preventScroll: true });
    litId.value = id;
    isSeeking = false;
  };
  watch([thread.answers, thread.isLoading], ([answers, isLoading]) => {
    if (wanted === undefined || !isSeeking) return;
    if (answers.some(({ id }) => id === wanted)) return void show(wanted);
    if (isLoading) return;
    isSeeking = thread.hasEarlier.value && ++pages <= mostPages;
    if (isSeeking) void thread.loadEarlier();
  });
  return { litId, isSeeking: (): boolean => isSeeking };
};
