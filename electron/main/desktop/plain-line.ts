/**
 * One plain line for the system to show: no line breaks, control or direction characters that a sender could
 * use to fake a second line or turn the text round.
 * @param longest in UTF-16 units; longer text is cut and marked
 */
export const plainLine = (text: string, longest: number): string => {
  // Cut generously first, so that a megabyte of text costs nothing.
  const line = text
    .slice(0, longest * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}]/gu, '')
    .trim();
  if (line.length <= longest) return line;
  const cut = line.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut.trimEnd()}…`;
};

/** Linux notification services read a small HTML in the body; there, text has to be escaped. */
export const escapeMarkup = (line: string): string =>
  line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
