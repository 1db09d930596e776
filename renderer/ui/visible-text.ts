/**
 * Characters that change how text around them is read without being seen: C0/C1 controls, direction overrides and
 * isolates, invisible joiners used to disguise. Tab and line feed are not among them.
 */
 
const tricky = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]/gu;

const shown = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
};

/** Makes every tricky character visible: for names of files, hosts of links, one-line labels. */
export const revealText = (text: string): string => text.replace(tricky, shown);

/** Takes them out and keeps one line: for names and excerpts, where a code would only be noise. */
export const visibleText = (text: string): string => text.replace(tricky, '').replace(/\s+/gu, ' ').trim();
