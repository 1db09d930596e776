import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';

/**
 * A telephone number of a network as E.164, or null when it is none.
 *
 * Channel ids are never parsed with a region: `4915123456705` without its `+` read as German gives the valid but
 * wrong `+494915123456705`. WhatsApp's `@lid` ids look like numbers and are none.
 */
export function phoneOfChannel(value: string): string | null {
  const text = value.trim();
  if (!text.startsWith('+')) return null;
  const parsed = parsePhoneNumberFromString(text);
  return parsed?.isValid() === true ? parsed.number : null;
}

/**
 * Numbers that a record may mean with what a person typed: E.164 forms, the most likely first.
 * @param region of the company, for numbers without country code; null: only international ones are read
 */
export function phonesOfRecord(typed: string, region: string | null): readonly string[] {
  // "+49(0)151 …": the zero in brackets is for callers at home.
  const text = typed.normalize('NFKC').replace(/^(\s*(?:\+|00)[\d\s]+)\(0\)/, '$1').replace(/^\s*00/, '+');
  const parsed = text.trim().startsWith('+')
    ? parsePhoneNumberFromString(text)
    : region === null
      ? undefined
      : parsePhoneNumberFromString(text, region as Parameters<typeof parsePhoneNumberFromString>[1]);
  return parsed?.isValid() === true ? [parsed.number] : [];
}

/** `Marta@Levante.Example ` → `marta@levante.example`; null when it is no address. */
export function normalizeEmail(value: string): string | null {
  const text = value.trim().toLowerCase();
  return /^[^\s@<>"]{1,64}@[^\s@<>"]{1,255}$/.test(text) ? text : null;
}

export const normalizeHandle = (value: string): string => value.trim().toLowerCase();

/** What may be used for finding a person: each identifier in its one form, doubles and nonsense left out. */
export function verifiedIdentifiers(given: readonly PersonIdentifier[]): readonly PersonIdentifier[] {
  const kept = new Map<string, PersonIdentifier>();
  for (const { kind, value } of given) {
    const normal = kind === 'phone' ? phoneOfChannel(value) : kind === 'email' ? normalizeEmail(value) : normalizeHandle(value);
    if (normal !== null && normal !== '') kept.set(`${kind} ${normal}`, { kind, value: normal });
  }
  return [...kept.values()];
}
