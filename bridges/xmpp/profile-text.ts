const longestLine = 300;
const longestText = 4_000;
const mostLines = 20;

/** One line of somebody's card, without what would break it; null when nothing is left. */
export function cutLine(text: string | undefined): string | null {
  const line = text?.replace(/\p{Cc}+/gu, ' ').trim().slice(0, longestLine) ?? '';
  return line === '' ? null : line;
}

export const cutLines = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.slice(0, mostLines).flatMap((text) => cutLine(text) ?? [])),
];

export function cutText(text: string | undefined): string | null {
  const cut = text?.trim().slice(0, longestText) ?? '';
  return cut === '' ? null : cut;
}
