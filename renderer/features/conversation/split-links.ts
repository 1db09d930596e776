import { LinkifyIt } from 'linkify-it';

export type TextSegment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

const finder = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: true });
finder.add('tel:', { validate: (text, position) => /^\+?[\d()./ -]{4,30}/u.exec(text.slice(position))?.[0].trimEnd().length ?? 0 });
finder.add('xmpp:', { validate: (text, position) => /^[^\s<>"]{3,300}/u.exec(text.slice(position))?.[0].length ?? 0 });
finder.add('matrix:', { validate: (text, position) => /^[^\s<>"]{3,300}/u.exec(text.slice(position))?.[0].length ?? 0 });
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
