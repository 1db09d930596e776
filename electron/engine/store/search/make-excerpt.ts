import { findMarks } from './find-marks.ts';
import type { Mark } from './find-marks.ts';
import type { SearchTerm } from './parse-query.ts';

export interface Excerpt {
  readonly excerpt: string;
  readonly marks: readonly Mark[];
}

const excerptLength = 240;
const lengthBefore = 60;
/** A hit deep in a giant text is not looked for: the beginning is shown then. */
const searchedLength = 20_000;

/** Control and bidi characters, one unit each: replaced by a blank, so that places stay as they are. */
const unwanted = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** The text around the first hit, on one line, and where the hits are in it. Plain text, never markup. */
export function makeExcerpt(text: string, terms: readonly SearchTerm[]): Excerpt {
  const head = text.length > searchedLength ? text.slice(0, searchedLength) : text;
  const all = findMarks(head, terms);
  if (head.length <= excerptLength) return { excerpt: head.replace(unwanted, ' '), marks: all };
  const start = wordStart(head, Math.max((all[0]?.[0] ?? 0) - lengthBefore, 0));
  const end = wholeCharacters(head, Math.min(start + excerptLength, head.length));
  const lead = start > 0 ? '…' : '';
  const tail = end < text.length ? '…' : '';
  const shift = lead.length - start;
  return {
    excerpt: lead + head.slice(start, end).replace(unwanted, ' ') + tail,
    marks: all.filter((mark) => mark[0] >= start && mark[1] <= end).map(([from, to]) => [from + shift, to + shift]),
  };
}

/** The beginning of the next word, unless that is far away. */
function wordStart(text: string, from: number): number {
  if (from === 0) return 0;
  const blank = text.indexOf(' ', from);
  return blank >= 0 && blank < from + lengthBefore / 2 ? blank + 1 : wholeCharacters(text, from);
}

/** Never between the halves of a surrogate pair. */
function wholeCharacters(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index - 1 : index;
}
