import { inject, shallowRef, type InjectionKey, type Ref } from 'vue';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'note' | 'problem';
  /** Shown as a button; `undoUntilMs` adds the seconds left. */
  readonly actionLabel?: string | undefined;
  readonly undoUntilMs?: number | undefined;
  readonly act?: (() => void) | undefined;
}

export interface Toasts {
  readonly list: Readonly<Ref<readonly Toast[]>>;
  show(toast: Omit<Toast, 'id'>, lastsMs?: number): number;
  close(id: number): void;
}

export const toastsKey: InjectionKey<Toasts> = Symbol('toasts');
const usualMs = 6_000;

/** Short messages at the corner; each goes away by itself. */
export const createToasts = (): Toasts => {
  const list = shallowRef<readonly Toast[]>([]);
  let nextId = 1;
  const close = (id: number): void => {
    list.value = list.value.filter((toast) => toast.id !== id);
  };
  return {
    list,
    close,
    show: (toast, lastsMs = usualMs) => {
      const id = nextId++;
      list.value = [...list.value.slice(-2), { ...toast, id }];
      setTimeout(() => close(id), lastsMs);
      return id;
    },
  };
};

export const useToasts = (): Toasts => {
  const toasts = inject(toastsKey);
  if (!toasts) throw new Error('No toasts were provided to this application.');
  return toasts;
};
