import { randomOf } from './random.ts';

/** Syllables with the letters and accents of Spanish, English and Estonian. */
const syllables: readonly (readonly string[])[] = [
  'ca me ra do lo ña ción pe tí ver que tra ñu fá co lla de mos sí güe bre cha no ti ja rré ga mó pa sa'.split(' '),
  'the ing er an re ship ment or ble ough st pri ce ly un con tain ter der ful ness at ol ick win mar ket sto ry tion'.split(' '),
  'ma ga õ pi ük sü da kir ja töö le pak ki mi ne ää ste ko hu sid va lmi öö sta tel li mus rä he po ol'.split(' '),
];
const wordsPerLanguage = 30_000;
/** The most frequent words of a language are short, the others longer. */
const shortWords = 400;

function makeWords(parts: readonly string[], seed: number): string[] {
  const random = randomOf(seed);
  const words = new Set<string>();
  while (words.size < wordsPerLanguage) {
    const length = words.size < shortWords ? 1 + Math.floor(random() * 2) : 2 + Math.floor(random() * 4);
    let word = '';
    for (let index = 0; index < length; index += 1) word += parts[Math.floor(random() * parts.length)];
    words.add(word);
  }
  return [...words];
}

/** Words of three languages, most frequent first; made up, but shaped like the real ones. */
export const vocabulary: readonly (readonly string[])[] = syllables.map((parts, index) => makeWords(parts, 1000 + index));
