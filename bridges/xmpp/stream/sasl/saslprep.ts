import { leftToRight, nothings, prohibited, rightToLeft, spaces } from './stringprep-tables.ts';

/** What no server may accept in a user name or a password. */
export class SaslprepError extends Error {}

/**
 * SASLprep (RFC 4013): brings what different keyboards make of one password to the same bytes. Code points that came
 * after Unicode 3.2 pass unchanged: a server that refuses them has no account with such a password, one that takes
 * them has to find the same here.
 *
 * @throws SaslprepError for control characters, private use, lone surrogates, mixed writing directions
 */
export function saslprep(text: string): string {
  // Nearly every password; nothing of the rules below changes these.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const mapped = [...text].flatMap((character) => {
    if (has(spaces, character)) return ' ';
    return has(nothings, character) ? [] : character;
  });
  const prepared = [...mapped.join('').normalize('NFKC')];
  if (prepared.some((character) => has(prohibited, character))) throw new SaslprepError('a character that is not allowed');
  checkDirections(prepared);
  return prepared.join('');
}

/** RFC 3454 section 6. */
function checkDirections(characters: readonly string[]): void {
  if (!characters.some((character) => has(rightToLeft, character))) return;
  const [first = '', last = ''] = [characters[0], characters.at(-1)];
  const isMixed = characters.some((character) => has(leftToRight, character));
  if (isMixed || !has(rightToLeft, first) || !has(rightToLeft, last)) {
    throw new SaslprepError('two writing directions in one word');
  }
}

type Ranges = readonly (readonly [first: number, last: number])[];

const parsed = new Map<readonly string[], Ranges>();

function has(table: readonly string[], character: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  let ranges = parsed.get(table);
  if (ranges === undefined) parsed.set(table, (ranges = table.flatMap((line) => line.split(' ').map(parseRange))));
  return ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
}

function parseRange(text: string): readonly [number, number] {
  const [first = '', last = first] = text.split('-');
  return [parseInt(first, 16), parseInt(last, 16)];
}
