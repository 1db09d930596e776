const longestQuery = 40;
const mostShown = 8;

export interface MentionQuery {
  /** Where the @ stands. */
  readonly start: number;
  readonly text: string;
}

/** What is being typed behind an @ at the caret; null: no name is. */
export const mentionAt = (text: string, caret: number): MentionQuery | null => {
  const start = text.lastIndexOf('@', caret - 1);
  if (start === -1 || caret - start > longestQuery) return null;
  const before = text[start - 1];
  const query = text.slice(start + 1, caret);
  return (before === undefined || /\s/u.test(before)) && !/[\n@]/u.test(query) ? { start, text: query } : null;
};

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Names that begin with the query, or have a word that does; those that begin with it come first. */
export const matchNames = (names: readonly string[], query: string): readonly string[] => {
  const wanted = fold(query);
  const rank = (name: string): number => {
    const folded = fold(name);
    if (folded.startsWith(wanted)) return 0;
    return folded.split(/\s+/u).some((word) => word.startsWith(wanted)) ? 1 : 2;
  };
  return [...new Set(names)]
    .filter((name) => rank(name) < 2)
    .sort((left, right) => rank(left) - rank(right) || left.localeCompare(right))
    .slice(0, mostShown);
};

/** The text with the name in place of what was typed; at the beginning with a colon, as people address each other. */
export const insertMention = (text: string, query: MentionQuery, name: string): { readonly text: string; readonly caret: number } => {
  const piece = query.start === 0 ? `${name}: ` : `${name} `;
  const end = query.start + 1 + query.text.length;
  return { text: text.slice(0, query.start) + piece + text.slice(end), caret: query.start + piece.length };
};
