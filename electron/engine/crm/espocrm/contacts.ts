import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callEspo, DuplicateFound, idOf } from './call-espo.ts';
import type { WhereItem } from './call-espo.ts';
import { requireKeyField } from './key-field.ts';
import { listRecords, madeOf, toRef } from './keyed-records.ts';

const maxContacts = 10;
const equals = (attribute: string, value: string): WhereItem => ({ type: 'equals', attribute, value });

/** Contacts with one of the identifiers, and those of exactly this name, each with all its numbers and addresses. */
export async function findContacts(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const { firstName, lastName } = namesOf(query.name);
  const byName: readonly WhereItem[] = lastName === '' ? [] : [{ type: 'and', value: [equals('lastName', lastName), ...(firstName === '' ? [] : [equals('firstName', firstName)])] }];
  const wanted = [...query.identifiers.flatMap(clausesOf), ...byName];
  if (wanted.length === 0) return [];
  const found = await listRecords(context, 'Contact', [{ type: 'or', value: wanted }], 'id,name');
  const candidates: Candidate[] = [];
  for (const { id } of found.slice(0, maxContacts)) {
    // Only a single record tells its further numbers and addresses.
    candidates.push(toCandidate(asRecord(await callEspo(context, 'GET', `/Contact/${idOf(id)}`))));
  }
  return candidates;
}

/** As the number is stored where "international" is on, and as people type it elsewhere. The core compares what comes back. */
function clausesOf({ kind, value }: PersonIdentifier): readonly WhereItem[] {
  if (kind === 'email') return [equals('emailAddress', value)];
  if (kind !== 'phone') return [];
  const spaced = parsePhoneNumberFromString(value)?.formatInternational() ?? value;
  return [...new Set([value, spaced])].map((form) => equals('phoneNumber', form));
}

/**
 * EspoCRM itself refuses a second contact of the same name or address (409). When one of those is ours, another device was
 * faster; otherwise the person has seen them in the preview and wants a new one.
 */
export async function createContact(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const field = await requireKeyField(context, 'Contact');
  const json = { ...namesOf(draft.name), ...fieldsOf(draft), [field]: key };
  const create = (headers?: Readonly<Record<string, string>>) => callEspo(context, 'POST', '/Contact', { json, headers });
  try {
    return madeOf('Contact', await create(), field, key);
  } catch (error) {
    if (!(error instanceof DuplicateFound) || error.records.some((record) => record[field] === key)) throw error;
    return madeOf('Contact', await create({ 'x-skip-duplicate-check': 'true' }), field, key);
  }
}

/** Only what the contact lacks. */
export async function fillContact(context: ConnectorContext, ref: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const place = `/Contact/${idOf(ref.id)}`;
  const contact = asRecord(await callEspo(context, 'GET', place));
  const missing = Object.entries(fieldsOf(draft)).filter(([name]) => asText(contact[name]) === '');
  if (missing.length === 0) return [];
  await callEspo(context, 'PUT', place, { json: Object.fromEntries(missing) });
  return missing.map(([name]) => name);
}

/** The last word is the family name, which EspoCRM wants always. */
function namesOf(name: string): { readonly firstName: string; readonly lastName: string } {
  const words = cleanLine(name, 100).split(' ').filter((word) => word !== '');
  return { firstName: words.slice(0, -1).join(' '), lastName: words.at(-1) ?? '' };
}

function fieldsOf({ identifiers, networkName }: ContactDraft): Readonly<Record<string, string>> {
  const first = (kind: PersonIdentifier['kind']): string | undefined => identifiers.find((one) => one.kind === kind)?.value;
  const [phone, email, handle] = [first('phone'), first('email'), first('handle')];
  return {
    ...(phone === undefined ? {} : { phoneNumber: phone }),
    ...(email === undefined ? {} : { emailAddress: email }),
    ...(handle === undefined ? {} : { description: cleanLine(`${networkName}: ${handle}`, 500) }),
  };
}

function toCandidate(contact: JsonRecord): Candidate {
  const all = (list: string, field: string): readonly string[] =>
    [...new Set([asText(contact[field]), ...asArray(contact[list]).map((one) => asText(asRecord(one)[field]))])].filter((value) => value !== '');
  const phones = all('phoneNumberData', 'phoneNumber').map((value): PersonIdentifier => ({ kind: 'phone', value }));
  const emails = all('emailAddressData', 'emailAddress').map((value): PersonIdentifier => ({ kind: 'email', value }));
  return {
    ref: toRef('Contact', contact),
    title: asText(contact['name']),
    subtitle: [asText(contact['accountName']), ...[...phones, ...emails].slice(0, 2).map(({ value }) => value)].filter((word) => word !== '').join(' · '),
    identifiers: [...phones, ...emails],
  };
}
