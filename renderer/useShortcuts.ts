import { onScopeDispose } from 'vue';

/** Keys as `Ctrl+K`, `Ctrl+Shift+N`, `Alt+ArrowDown`, `?`; Command counts as Ctrl. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const nameOf = (event: KeyboardEvent): string => {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isCommand = event.ctrlKey || event.metaKey;
  // Shift makes another letter by itself; with Ctrl it makes another shortcut.
  return [isCommand ? 'Ctrl' : '', event.altKey ? 'Alt' : '', isCommand && event.shiftKey ? 'Shift' : '', key].filter(Boolean).join('+');
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

const isInDialog = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;

/** Keys that work anywhere on the page. Without Ctrl or Alt they leave fields alone, and all leave dialogs alone. */
export const useShortcuts = (shortcuts: Shortcuts): void => {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || isInDialog(event.target)) return;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isPlain && isTyping(event.target)) return;
    const act = shortcuts[nameOf(event)];
    if (!act) return;
    event.preventDefault();
    act(event);
  };
  window.addEventListener('keydown', onKey);
  onScopeDispose(() => window.removeEventListener('keydown', onKey));
};
