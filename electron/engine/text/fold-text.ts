/**
 * Lower case without accents, for comparing what people type with what is stored: "Märt" and "mart" are one.
 * Plain ASCII, the usual case, takes the short way.
 */
export const foldText = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text)
    ? text.toLowerCase()
    : text.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase();
