import { foldWords } from './fold-words.ts';

/** Words that have to stand side by side; the last one may be the beginning of a longer word. */
export interface SearchTerm {
  readonly words: readonly string[];
  readonly isPrefix: boolean;
}

const maxTerms = 12;
const maxTermLength = 100;
/** Shorter beginnings would match a large part of the index. */
const shortestPrefix = 2;


/**
 * Reads what a person typed: every word has to occur, "words in quotes" side by side, and the last word may go on.
 * There is no other syntax: AND, NOT, NEAR, colons and stars are ordinary text.
 */
export function parseQuery(query: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  for (const [, quoted, plain] of query.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    const words = foldWords((quoted ?? plain ?? '').slice(0, maxTermLength));
    if (words.length > 0) terms.push({ words, isPrefix: false });
    if (terms.length === maxTerms) break;
  }
  const last = terms.at(-1);
  const isUnfinished = /[\p{L}\p{N}\p{M}\p{Co}]$/u.test(query);
  if (last && isUnfinished && (last.words.at(-1) as string).length >= shortestPrefix) {
    terms[terms.length - 1] = { ...last, isPrefix: true };
  }
  return terms;
}

/** The expression for FTS5. Words hold letters and digits only, and are quoted all the same. */
export function toMatch(terms: readonly SearchTerm[], scope: string | null): string {
  const phrases = terms.map(({ words, isPrefix }) => `"${words.join(' ')}"${isPrefix ? ' *' : ''}`);
  const text = `text : (${phrases.join(' AND ')})`;
  return scope === null ? text : `scope : "${scope}" AND ${text}`;
}
