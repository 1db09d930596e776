import { wordsOf } from '../text/words.ts';
import type { WordLocale } from '../text/words.ts';

/** `Tryton · Party`: where a conversation was pushed, as the list shows it, in the language of that time. */
export function pushTag(connectionName: string, recordKind: string, locale: WordLocale): string {
  const word = Object.hasOwn(wordsOf[locale].records, recordKind) ? (wordsOf[locale].records[recordKind] ?? recordKind) : recordKind;
  return `${connectionName} · ${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
