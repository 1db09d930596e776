import { observeElementRect, type Rect, type Virtualizer } from '@tanstack/vue-virtual';

/** What a virtual list takes its view for until the observer has told its size: never smaller than it is. */
export const firstSize = (): Rect => ({ width: 0, height: globalThis.innerHeight });

/**
 * The size of a virtual list's view, as the observer tells it after the layout of a frame. The virtualiser's own way
 * asks for it at once, which forces a layout of everything that was just made and is laid out again a moment later.
 */
export const observeSize = (
  instance: Virtualizer<HTMLElement, HTMLElement>,
  tell: (size: Rect) => void,
): (() => void) | undefined => {
  const element = instance.scrollElement;
  if (!element || typeof ResizeObserver === 'undefined') return observeElementRect(instance, tell);
  const observer = new ResizeObserver(([entry]) => {
    const box = entry?.borderBoxSize[0];
    if (box) tell({ width: Math.round(box.inlineSize), height: Math.round(box.blockSize) });
  });
  observer.observe(element);
  return () => observer.disconnect();
};
