export const longestTextShown = 4_000;
const mostLinesShown = 60;

/** The piece of a text that is shown at first; never cuts a surrogate pair in two. */
export const shortenText = (text: string): { readonly shown: string; readonly isCut: boolean } => {
  let end = Math.min(text.length, longestTextShown);
  let lines = 0;
  for (let index = text.indexOf('\n'); index !== -1 && index < end; index = text.indexOf('\n', index + 1)) {
    lines += 1;
    if (lines === mostLinesShown) end = index;
  }
  if (end >= text.length) return { shown: text, isCut: false };
  if (/[\ud800-\udbff]/u.test(text.charAt(end - 1))) end -= 1;
  return { shown: text.slice(0, end), isCut: true };
};

const onlyEmoji = /^(?:\p{Extended_Pictographic}(?:\ufe0f|\u200d\p{Extended_Pictographic}|[\u{1f3fb}-\u{1f3ff}])*\s?){1,3}$/u;

/** One to three emoji and nothing else are drawn larger. */
export const isJumboEmoji = (text: string): boolean => text.length <= 40 && onlyEmoji.test(text.trim());
