/**
 * Lower case without accents, canonically decomposed: close to what the index does (unicode61, remove_diacritics 2).
 */
export const foldForSearch = (text: string): string =>
  /^[\x00-\x7f]*$/.test(text)
    ? text.toLowerCase()
    : text.normalize('NFD').replace(/\p{M}+/gu, '').toLowerCase();

/** The words of a text as the index sees them. */
export const foldWords = (text: string): string[] => foldForSearch(text).match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
