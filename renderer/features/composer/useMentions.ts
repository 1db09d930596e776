import { computed, ref, useId, type Ref } from 'vue';
import { insertMention, matchNames, mentionAt, type MentionQuery } from './mentions.ts';

/** Completing names behind an @ in rooms: arrows choose, Enter or Tab takes, Escape leaves. */
export const useMentions = (text: Ref<string>, people: () => readonly string[], moveCaret: (caret: number) => void, picked: (name: string) => void) => {
  const id = useId();
  const query = ref<MentionQuery | null>(null);
  const current = ref(0);
  const names = computed(() => (query.value === null ? [] : matchNames(people(), query.value.text)));

  const look = (caret: number): void => {
    query.value = people().length === 0 ? null : mentionAt(text.value, caret);
    current.value = 0;
  };
  const close = (): void => {
    query.value = null;
  };
  const pick = (name: string): void => {
    if (query.value === null) return;
    const inserted = insertMention(text.value, query.value, name);
    text.value = inserted.text;
    picked(name);
    close();
    moveCaret(inserted.caret);
  };
  /** True: the key was ours. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (names.value.length === 0) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : names.value.length - 1;
      current.value = (current.value + step) % names.value.length;
    } else if (event.key === 'Escape') {
      close();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      pick(names.value[current.value] ?? '');
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const activeId = computed(() => (names.value.length > 0 ? `${id}-${current.value}` : undefined));
  return { id, names, current, activeId, look, close, pick, onKey };
};
