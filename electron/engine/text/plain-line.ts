/** Control characters, and the marks that turn text around: a name must not be able to rewrite its surroundings. */
const unwanted = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;
/** Anything that makes a text other than one plain, trimmed line. */
const unusual = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\s\s|^\s|\s$/;
const lineBreak = /[\n\r\u0085\u2028\u2029]/;

/**
 * The first line of a text that says something, as one plain line: no control or bidi override characters, runs
 * of blanks folded, at most `maxLength` UTF-16 units, never half a surrogate pair.
 */
export function plainLine(text: string, maxLength: number): string {
  if (text.length <= maxLength && !unusual.test(text)) return text;
  // Hostile megabytes are cut before anything looks at each character.
  const head = text.slice(0, maxLength * 8);
  for (const line of head.split(lineBreak)) {
    const clean = line.replaceAll('\t', ' ').replace(unwanted, '').replace(/\s+/g, ' ').trim();
    if (clean !== '') return cutText(clean, maxLength);
  }
  return '';
}

/** Cuts at a length without leaving half a surrogate pair. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const lastUnit = text.charCodeAt(maxLength - 1);
  const isHalfPair = lastUnit >= 0xd800 && lastUnit <= 0xdbff;
  return text.slice(0, isHalfPair ? maxLength - 1 : maxLength);
}
