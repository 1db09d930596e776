import type { TextMention } from '../../rpc/index.ts';

const isLetter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** Where the names that were picked still stand in the text, as words of their own; each once. */
export const namedPeople = (text: string, picked: ReadonlyMap<string, TextMention['personId']>): readonly TextMention[] =>
  [...picked].flatMap(([name, personId]) => {
    for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + 1)) {
      const end = start + name.length;
      if (!isLetter(text[start - 1]) && !isLetter(text[end])) return [{ personId, start, end }];
    }
    return [];
  });
