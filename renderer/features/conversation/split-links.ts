import { LinkifyIt } from 'linkify-it';

export type TextSegment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

const longestAddress = 300;
const finder = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: true });
/** Length of what belongs to the link; punctuation at its end belongs to the sentence. */
const tail =
  (pattern: RegExp) =>
  (text: string, position: number): number =>
    pattern.exec(text.slice(position, position + longestAddress))?.[0].replace(/[\s.,;:!?)\]'"-]+$/u, '').length ?? 0;
finder.add('tel:', { validate: tail(/^\+?\d[\d()./ -]{2,30}/u) });
finder.add('xmpp:', { validate: tail(/^[^\s<>"]{3,}/u) });
finder.add('matrix:', { validate: tail(/^[^\s<>"]{3,}/u) });
finder.add('ftp:', null);
finder.add('//', null);

/** Links are looked for in the beginning only: a megabyte of "http://" must not hold up the page. */
const longestSearched = 20_000;
const mostLinks = 100;

/** Cuts text into plain and linked pieces. Nothing is interpreted: each piece becomes one text node. */
export const splitLinks = (text: string): readonly TextSegment[] => {
  const searched = text.slice(0, longestSearched);
  if (!/[:@]/u.test(searched)) return [{ kind: 'text', text }];
  const segments: TextSegment[] = [];
  let position = 0;
  for (const match of (finder.match(searched) ?? []).slice(0, mostLinks)) {
    if (match.index > position) segments.push({ kind: 'text', text: text.slice(position, match.index) });
    segments.push({ kind: 'link', text: match.raw, url: match.url });
    position = match.lastIndex;
  }
  if (position < text.length) segments.push({ kind: 'text', text: text.slice(position) });
  return segments;
};
