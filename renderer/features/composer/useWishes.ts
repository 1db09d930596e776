import { computed, ref } from 'vue';
import type { SendHints } from '#model';

const hourMs = 3_600_000;

/** How long a message may stay once it was read. */
export const lifetimes = [
  { name: 'minutes', ms: hourMs / 12 },
  { name: 'hour', ms: hourMs },
  { name: 'day', ms: 24 * hourMs },
  { name: 'week', ms: 7 * 24 * hourMs },
] as const;

/** What is wished for the next message: to be hidden until a click, to disappear once it was read. */
export const useWishes = (rules: () => { readonly canHide?: boolean | undefined; readonly canExpire?: boolean | undefined }) => {
  const isHidden = ref(false);
  const words = ref('');
  const lifetimeMs = ref<number | null>(null);

  const hints = computed((): SendHints | undefined => {
    const spoiler = isHidden.value && rules().canHide === true ? words.value.trim() : undefined;
    const lifetime = rules().canExpire === true ? lifetimeMs.value : null;
    if (spoiler === undefined && lifetime === null) return undefined;
    return { ...(spoiler === undefined ? {} : { spoiler }), ...(lifetime === null ? {} : { lifetimeMs: lifetime }) };
  });
  /** What hides one message is for that one; a time to disappear stays until it is taken away. */
  const sent = (): void => {
    isHidden.value = false;
    words.value = '';
  };
  return { isHidden, words, lifetimeMs, hints, sent };
};

export type Wishes = ReturnType<typeof useWishes>;
