import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { createOrTake, findLiving } from '../core/own-ids.ts';
import { Conflict } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callTwenty, createRow, idOf, isEqual, listRows, readRow } from './call-twenty.ts';

const maxPeople = 10;

/** People with one of the identifiers as their first one, or of exactly this name. */
export async function findPeople(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const { firstName, lastName } = namesOf(query.name);
  const conditions = [
    ...query.identifiers.map(({ kind, value }) => {
      if (kind === 'email') return isEqual('emails.primaryEmail', value);
      const phone = kind === 'phone' ? parsePhoneNumberFromString(value) : undefined;
      return phone === undefined ? null : isEqual('phones.primaryPhoneNumber', phone.nationalNumber);
    }),
    firstName === '' || lastName === '' ? null : bothNames(firstName, lastName),
  ].filter((condition) => condition !== null);
  if (conditions.length === 0) return [];
  const people = await listRows(context, 'people', conditions.length === 1 ? (conditions[0] ?? '') : `or(${conditions.join(',')})`, 0);
  return people.slice(0, maxPeople).map(toCandidate);
}

function bothNames(firstName: string, lastName: string): string | null {
  const [first, last] = [isEqual('name.firstName', firstName), isEqual('name.lastName', lastName)];
  return first === null || last === null ? null : `and(${first},${last})`;
}

export async function personByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const person = await findLiving(key, { read: (id) => readRow(context, 'people', id) });
  return person === null ? [] : [toRef(person)];
}

/** @throws Conflict when one with this key is there: another device was faster, or we before an answer was lost */
export async function createPerson(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const { emails, ...fields } = fieldsOf(draft);
  // No two people may have the same first address; the person has seen the other one in the preview and wants a new one.
  const isFree = emails === undefined || (await listRows(context, 'people', isEqual('emails.primaryEmail', emails.primaryEmail) ?? 'id[is]:NULL', 0)).length === 0;
  const json = { name: namesOf(draft.name), ...fields, ...(emails !== undefined && isFree ? { emails } : {}) };
  const { row, isNew } = await createOrTake(key, { create: (id) => createRow(context, 'people', { id, ...json }), read: (id) => readRow(context, 'people', id) });
  if (!isNew) throw new Conflict({ detail: idOf(row['id']) });
  return toRef(row);
}

/** Only what the person lacks. */
export async function fillPerson(context: ConnectorContext, ref: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const person = await readRow(context, 'people', ref.id);
  if (person === null) return [];
  const has = { emails: asText(asRecord(person['emails'])['primaryEmail']), phones: asText(asRecord(person['phones'])['primaryPhoneNumber']) };
  const missing = Object.entries(fieldsOf(draft)).filter(([name]) => has[name as keyof typeof has] === '');
  if (missing.length === 0) return [];
  await callTwenty(context, 'PATCH', `/people/${idOf(ref.id)}`, Object.fromEntries(missing));
  return missing.map(([name]) => name);
}

function namesOf(name: string): { readonly firstName: string; readonly lastName: string } {
  const words = cleanLine(name, 100).split(' ').filter((word) => word !== '');
  return words.length < 2 ? { firstName: words[0] ?? '', lastName: '' } : { firstName: words.slice(0, -1).join(' '), lastName: words.at(-1) ?? '' };
}

interface PersonFields {
  readonly emails?: { readonly primaryEmail: string } | undefined;
  readonly phones?: { readonly primaryPhoneNumber: string; readonly primaryPhoneCallingCode: string; readonly primaryPhoneCountryCode: string } | undefined;
}

/** A person there has no field for a handle; whoever has nothing else is found by the id. */
function fieldsOf({ identifiers }: ContactDraft): PersonFields {
  const first = (kind: PersonIdentifier['kind']): string => identifiers.find((one) => one.kind === kind)?.value ?? '';
  const [email, phone] = [first('email'), parsePhoneNumberFromString(first('phone'))];
  return {
    ...(email === '' ? {} : { emails: { primaryEmail: email } }),
    ...(phone === undefined
      ? {}
      : {
          phones: {
            primaryPhoneNumber: phone.nationalNumber,
            primaryPhoneCallingCode: `+${phone.countryCallingCode}`,
            primaryPhoneCountryCode: phone.country ?? '',
          },
        }),
  };
}

function toCandidate(person: JsonRecord): Candidate {
  const [emails, phones] = [asRecord(person['emails']), asRecord(person['phones'])];
  const numbers = [
    `${asText(phones['primaryPhoneCallingCode'])}${asText(phones['primaryPhoneNumber'])}`,
    ...asArray(phones['additionalPhones']).map(asRecord).map((more) => `${asText(more['callingCode'])}${asText(more['number'])}`),
  ].filter((value) => value !== '');
  const addresses = [asText(emails['primaryEmail']), ...asArray(emails['additionalEmails']).map(asText)].filter((value) => value !== '');
  const ref = toRef(person);
  return {
    ref,
    title: ref.title ?? '',
    subtitle: [asText(person['jobTitle']), ...numbers.slice(0, 1), ...addresses.slice(0, 1)].filter((word) => word !== '').join(' · '),
    identifiers: [...numbers.map((value): PersonIdentifier => ({ kind: 'phone', value })), ...addresses.map((value): PersonIdentifier => ({ kind: 'email', value }))],
  };
}

export function toRef(person: JsonRecord): RemoteRef {
  const name = asRecord(person['name']);
  return { role: 'contact', kind: 'contact', id: idOf(person['id']), title: [asText(name['firstName']), asText(name['lastName'])].join(' ').trim() };
}
