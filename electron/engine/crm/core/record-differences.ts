import type { RecordDifference } from '#rpc';
import type { PersonIdentifier } from '#model';
import type { Candidate, TargetQuery } from '../connector.ts';
import { cleanLine } from '../text/clean-text.ts';
import { useKey } from './choose-target.ts';
import type { TargetChoice } from './choose-target.ts';
import { normalizeEmail, phonesOfRecord } from './identifiers.ts';

const maxValues = 3;
const maxValueChars = 120;
/** Fewer equal digits at the end may be chance. */
const leastLocalDigits = 6;

/**
 * Says beside each record what it has otherwise than the chat: a push fills only what is empty, so that stays as it is.
 * @param read what the look-up has just read; records that are not among it get no word
 */
export function withDifferences(choice: TargetChoice, read: readonly Candidate[], here: TargetQuery): TargetChoice {
  const byKey = new Map(read.map((candidate) => [useKey(candidate.ref), candidate]));
  const options = choice.options.map((option) => {
    const candidate = byKey.get(option.key);
    const differences = candidate === undefined ? [] : differencesOf(candidate, here);
    return differences.length === 0 ? option : { ...option, differences };
  });
  return { ...choice, options };
}

/** Name, number and mail address, where both sides have one and none is the same. Tickets have a subject and no name. */
export function differencesOf({ ref, title, identifiers }: Candidate, here: TargetQuery): readonly RecordDifference[] {
  const names = ref.role === 'contact' ? compare('name', [title], [here.name], isSameName) : [];
  const phones = compare('phone', valuesOf(identifiers, 'phone'), valuesOf(here.identifiers, 'phone'), isSamePhone);
  const mails = compare('email', valuesOf(identifiers, 'email'), valuesOf(here.identifiers, 'email'), isSameEmail);
  return [...names, ...phones, ...mails];
}

function compare(
  field: RecordDifference['field'],
  there: readonly string[],
  here: readonly string[],
  isSame: (there: string, here: string) => boolean,
): readonly RecordDifference[] {
  if (isNothing(there) || isNothing(here)) return [];
  if (there.some((one) => here.some((other) => isSame(one, other)))) return [];
  return [{ field, there: shown(there), here: shown(here) }];
}

const isNothing = (values: readonly string[]): boolean => values.every((value) => value.trim() === '');

const valuesOf = (identifiers: readonly PersonIdentifier[], kind: PersonIdentifier['kind']): readonly string[] =>
  identifiers.filter((one) => one.kind === kind).map(({ value }) => value);

/** A record may hold any number of values, as long as somebody likes. */
const shown = (values: readonly string[]): string => [...new Set(values.map((value) => cleanLine(value, maxValueChars)))].filter((value) => value !== '').slice(0, maxValues).join(', ');

const plainName = (name: string): string => name.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();

const isSameName = (there: string, here: string): boolean => plainName(there) === plainName(here);

const isSameEmail = (there: string, here: string): boolean => normalizeEmail(there) === here;

/** `600 123 456` may be `+34600123456` as people in Spain write it: that is no reason to speak of another number. */
function isSamePhone(there: string, here: string): boolean {
  if (phonesOfRecord(there, null).includes(here)) return true;
  const isInternational = /^\s*(\+|00)/.test(there);
  const digits = there.replace(/\D/g, '').replace(/^0+/, '');
  return !isInternational && digits.length >= leastLocalDigits && here.endsWith(digits);
}
