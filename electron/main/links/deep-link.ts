export interface DeepLink {
  readonly conversationId: number;
}

const grammar = /^palomar:(?:\/\/)?conversation\/([1-9]\d{0,15})\/?$/;

/**
 * Reads a `palomar:` link that the operating system passed on, such as `palomar:conversation/12`. Web pages can
 * make the system pass on anything, so the grammar is all there is: no options, no other characters.
 */
export const readDeepLink = (word: unknown): DeepLink | null => {
  if (typeof word !== 'string' || word.length > 64) return null;
  const match = grammar.exec(word);
  if (match === null) return null;
  const conversationId = Number(match[1]);
  return Number.isSafeInteger(conversationId) ? { conversationId } : null;
};

/** The first link among the words a start was given; switches and everything else are ignored. */
export const deepLinkOf = (words: readonly string[]): DeepLink | null => {
  for (const word of words) {
    const link = readDeepLink(word);
    if (link !== null) return link;
  }
  return null;
};
