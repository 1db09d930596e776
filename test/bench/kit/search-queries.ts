import { randomOf } from './random.ts';
import { vocabulary } from './vocabulary.ts';

export type SearchKind = 'word' | 'beginning' | 'two words';

export interface SearchQuery {
  readonly kind: SearchKind;
  readonly text: string;
}

const shortestWord = 5;
const kinds: readonly SearchKind[] = ['word', 'beginning', 'two words'];

/** What people look for: words of five letters or more, from common to rare, in three languages; the same for the same seed. */
export function searchQueries(seed: number, count: number): SearchQuery[] {
  const random = randomOf(seed);
  const languages = vocabulary.map((words) => words.filter((word) => word.length >= shortestWord));
  const pick = (language: number): string => {
    const words = languages[language] as readonly string[];
    // By rank, evenly on a logarithmic scale: as many common words as rare ones.
    return words[Math.floor(words.length ** random()) - 1] ?? (words[0] as string);
  };
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] as SearchKind;
    const language = Math.floor(index / kinds.length) % languages.length;
    if (kind === 'two words') return { kind, text: `${pick(language)} ${pick(language)}` };
    if (kind === 'beginning') return { kind, text: pick(language).slice(0, shortestWord) };
    return { kind, text: pick(language) };
  });
}
