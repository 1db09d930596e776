/** Whom a text names: their address, or their name as a word of its own. */
import type { OutgoingMessage } from '#model';
import { personOf } from '../../ids.ts';

export type Mentions = NonNullable<OutgoingMessage['mentions']>;

export interface NamedPerson {
  readonly userId: string;
  readonly name: string | null;
}

/** Shorter names are words of too many languages. */
const leastNameLength = 3;
/** More people than that are called by a notice, not by name. */
const mostMentions = 50;

const isLetter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** Where `words` stand in the text, an `@` before them included. */
const placeOf = (text: string, words: string): { readonly start: number; readonly end: number } | null => {
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + 1)) {
    const end = at + words.length;
    const isWord = !isLetter(text[at - 1]) && !isLetter(text[end]);
    if (isWord) return { start: text[at - 1] === '@' ? at - 1 : at, end };
  }
  return null;
};

/** People of the room, each once, in the order of the text; a name that two of them have calls neither. */
export const findMentions = (text: string, people: readonly NamedPerson[]): Mentions => {
  const bearers = new Map<string, number>();
  for (const { name } of people) if (name !== null) bearers.set(name, (bearers.get(name) ?? 0) + 1);
  const found = people.flatMap(({ userId, name }) => {
    const isUsable = name !== null && name.length >= leastNameLength && bearers.get(name) === 1;
    const place = placeOf(text, userId) ?? (isUsable ? placeOf(text, name) : null);
    return place === null ? [] : [{ personId: personOf(userId), ...place }];
  });
  // Of "Ana" and "Ana Maria" at one place the longer one is meant.
  const longestFirst = found.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  const kept: Mentions[number][] = [];
  for (const one of longestFirst) if (!kept.some((other) => one.start < other.end && other.start < one.end)) kept.push(one);
  return kept.toSorted((a, b) => a.start - b.start).slice(0, mostMentions);
};
