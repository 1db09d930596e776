import { foldForSearch } from './fold-words.ts';
import type { SearchTerm } from './parse-query.ts';

/** Start and end in UTF-16 units. */
export type Mark = readonly [start: number, end: number];

const maxMarks = 20;
const wordUnit = /[\p{L}\p{N}\p{M}\p{Co}]/u;

/** Where the terms stand in a text, accents folded as the index does; in order, without overlaps. */
export function findMarks(text: string, terms: readonly SearchTerm[]): Mark[] {
  const { folded, originOf } = foldWithOrigin(text);
  const marks: Mark[] = [];
  for (const term of terms) {
    for (const [start, end] of findTerm(folded, term)) marks.push([originOf(start), originOf(end)]);
  }
  marks.sort((left, right) => left[0] - right[0]);
  return withoutOverlaps(marks).slice(0, maxMarks);
}

interface Folded {
  readonly folded: string;
  /** Place in the original of a place in the folded text. */
  readonly originOf: (index: number) => number;
}

function foldWithOrigin(text: string): Folded {
  const folded = foldForSearch(text);
  // Marks only shrink a text and decomposition only grows it: same length and no marks means unit for unit.
  if (folded.length === text.length && !/\p{M}/u.test(text)) return { folded, originOf: (index) => index };
  const origins: number[] = [];
  let result = '';
  let position = 0;
  for (const character of text) {
    const part = foldForSearch(character);
    for (let unit = 0; unit < part.length; unit += 1) origins.push(position);
    result += part;
    position += character.length;
  }
  return { folded: result, originOf: (index) => origins[index] ?? text.length };
}

function* findTerm(folded: string, term: SearchTerm): Generator<Mark> {
  const first = term.words[0] as string;
  for (let start = folded.indexOf(first); start >= 0; start = folded.indexOf(first, start + 1)) {
    if (start > 0 && wordUnit.test(characterBefore(folded, start))) continue;
    const end = matchWords(folded, start, term);
    if (end > start) yield [start, end];
  }
}

/** The end of the term when all of its words stand here side by side, else -1. */
function matchWords(folded: string, start: number, { words, isPrefix }: SearchTerm): number {
  let position = start;
  for (const [index, word] of words.entries()) {
    if (index > 0) position = skipSeparators(folded, position);
    if (!folded.startsWith(word, position)) return -1;
    position += word.length;
    const isOpenEnd = isPrefix && index === words.length - 1;
    if (isOpenEnd) return skipWord(folded, position);
    if (position < folded.length && wordUnit.test(characterAt(folded, position))) return -1;
  }
  return position;
}

const characterAt = (text: string, index: number): string => String.fromCodePoint(text.codePointAt(index) as number);

function characterBefore(text: string, index: number): string {
  const unit = text.charCodeAt(index - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
  return isLowSurrogate ? text.slice(Math.max(index - 2, 0), index) : text.charAt(index - 1);
}

function skipWord(text: string, from: number): number {
  let position = from;
  while (position < text.length && wordUnit.test(characterAt(text, position))) {
    position += characterAt(text, position).length;
  }
  return position;
}

function skipSeparators(text: string, from: number): number {
  let position = from;
  while (position < text.length && !wordUnit.test(characterAt(text, position))) {
    position += characterAt(text, position).length;
  }
  return position;
}

function withoutOverlaps(sorted: readonly Mark[]): Mark[] {
  const result: Mark[] = [];
  for (const mark of sorted) {
    const last = result.at(-1);
    if (!last || mark[0] >= last[1]) result.push(mark);
    else if (mark[1] > last[1]) result[result.length - 1] = [last[0], mark[1]];
  }
  return result;
}
