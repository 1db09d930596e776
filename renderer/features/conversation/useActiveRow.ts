import { onUpdated, ref, type Ref } from 'vue';

/**
 * The row whose bar of actions is drawn: the one under the pointer or with the focus, for a bar on every row would
 * cost too much. Rows are elements with `data-message-id` inside the scroller.
 */
export const useActiveRow = (scroller: Readonly<Ref<HTMLElement | null>>) => {
  const activeId = ref<number | null>(null);
  const isHeld = ref(false);
  const activate = (id: number | null): void => {
    if (!isHeld.value) activeId.value = id;
  };

  /** A pointer, or rows that move under it, take no bar away that is worked by keyboard: its focus would be lost. */
  const isBarInUse = (): boolean => scroller.value?.querySelector('[role="toolbar"] :focus-visible') != null;
  const point = (id: number | null): void => {
    if (!isBarInUse()) activate(id);
  };

  let awaitedId: number | null = null;
  /** At once where the row is drawn: a focus that comes later would be taken from where a quick person went meanwhile. */
  const focusRow = (id: number): void => {
    activate(id);
    const row = scroller.value?.querySelector<HTMLElement>(`[data-message-id="${id}"]`);
    awaitedId = row == null ? id : null;
    row?.focus({ preventScroll: true });
  };
  onUpdated(() => {
    if (awaitedId === null) return;
    const { activeElement } = document;
    const isStillHere = activeElement === document.body || activeElement === scroller.value || activeElement?.getAttribute('data-message-id') != null;
    if (isStillHere) focusRow(awaitedId);
    else awaitedId = null;
  });

  return { activeId, isHeld, activate, point, focusRow };
};
