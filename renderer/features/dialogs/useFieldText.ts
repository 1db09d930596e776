import { useI18n } from 'vue-i18n';
import type { FormFieldRow } from '../../rpc/index.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** Names of fields that forms without labels use, and our own; everything else is in the words of the other side. */
export const useFieldText = () => {
  const { t, te } = useI18n();
  const wordOf = (word: string): string => (/^[a-z][a-z-]{0,30}$/.test(word) && te(`dialog.word.${word}`, 'en') ? t(`dialog.word.${word}`) : visibleText(word));
  return {
    wordOf,
    labelOf: ({ label, name }: Pick<FormFieldRow, 'label' | 'name'>): string => wordOf(label === '' ? name : label),
  };
};
