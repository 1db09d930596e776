import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callSalesforce, idOf, query, quoted } from './call-salesforce.ts';

/** A text field of contacts and of activities that an administrator adds; see the README. */
export const keyField = 'Palomar_Key__c';
const phoneFields = ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'] as const;
const shown = ['Id', 'Name', 'Email', ...phoneFields].join(', ');

/** Contacts with one of the numbers or addresses, and of the same name. New ones are searched some time after they were made. */
export async function findContacts(context: ConnectorContext, { identifiers, name }: TargetQuery): Promise<readonly Candidate[]> {
  const found = new Map<string, JsonRecord>();
  const add = (rows: readonly JsonRecord[]): void => rows.forEach((row) => found.set(idOf(row['Id']), row));
  const numbers = identifiers.filter(({ kind }) => kind === 'phone').flatMap(({ value }) => formsOf(value));
  if (numbers.length > 0) add(await search(context, numbers, 'PHONE'));
  for (const { value } of identifiers.filter(({ kind }) => kind === 'email')) {
    add(await query(context, `SELECT ${shown} FROM Contact WHERE Email = ${quoted(value)} LIMIT 20`));
  }
  const words = cleanLine(name, 100);
  if (words.length > 1) add(await search(context, [words], 'NAME'));
  return [...found.values()].map(toCandidate);
}

/** Digits as somebody may have typed them: with and without the country. */
const formsOf = (phone: string): readonly string[] => [phone.replace(/\D/g, ''), parsePhoneNumberFromString(phone)?.nationalNumber ?? ''].filter((form) => form !== '');

/** SOSL; its reserved signs are escaped inside the quotes. */
async function search(context: ConnectorContext, words: readonly string[], fields: 'PHONE' | 'NAME'): Promise<readonly JsonRecord[]> {
  const wanted = words.map((word) => `"${word.replace(/[?&|!{}[\]()^~*:\\"'+-]/g, (sign) => `\\${sign}`)}"`).join(' OR ');
  const sosl = `FIND {${wanted}} IN ${fields} FIELDS RETURNING Contact(${shown} LIMIT 20)`;
  return asArray((await callSalesforce(context, 'GET', `/search?q=${encodeURIComponent(sosl)}`))['searchRecords']).map(asRecord);
}

function toCandidate(row: JsonRecord): Candidate {
  const phones = phoneFields.map((name) => asText(row[name])).filter((phone) => phone !== '');
  const email = asText(row['Email']);
  return {
    ref: refOf(row),
    title: asText(row['Name']),
    subtitle: [...phones, email].filter((word) => word !== '').slice(0, 3).join(' · '),
    identifiers: [...phones.map((value) => ({ kind: 'phone' as const, value })), ...(email === '' ? [] : [{ kind: 'email' as const, value: email }])],
  };
}

export async function contactsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const rows = await query(context, `SELECT Id, Name, ${keyField} FROM Contact WHERE ${keyField} = ${quoted(key)}`);
  return rows.filter((row) => row[keyField] === key).map(refOf);
}

/** By its external id: of two devices at once the second one meets the record of the first, with the same words. */
export async function createContact(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const [first = '', ...rest] = cleanLine(draft.name, 120).split(' ');
  const names = rest.length === 0 ? { LastName: first } : { FirstName: first.slice(0, 40), LastName: rest.join(' ').slice(0, 80) };
  const created = await callSalesforce(context, 'PATCH', `/sobjects/Contact/${keyField}/${encodeURIComponent(key)}`, { json: { ...names, ...addressesOf(draft) } });
  return { role: 'contact', kind: 'contact', id: idOf(created['id']), title: draft.name };
}

/** Adds a number and an address where the contact has none. */
export async function fillContact(context: ConnectorContext, contact: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const place = `/sobjects/Contact/${idOf(contact.id)}`;
  const has = await callSalesforce(context, 'GET', `${place}?fields=${['Email', ...phoneFields].join(',')}`);
  const isReachable = phoneFields.some((name) => asText(has[name]) !== '');
  const missing = Object.entries(addressesOf(draft)).filter(([name]) => (name === 'MobilePhone' ? !isReachable : asText(has[name]) === ''));
  if (missing.length > 0) await callSalesforce(context, 'PATCH', place, { json: Object.fromEntries(missing) });
  return missing.map(([name]) => name);
}

function addressesOf({ identifiers }: ContactDraft): Readonly<Record<string, string>> {
  const first = (kind: PersonIdentifier['kind']): string | undefined => identifiers.find((one) => one.kind === kind)?.value;
  const [phone, email] = [first('phone'), first('email')];
  return { ...(phone === undefined ? {} : { MobilePhone: phone }), ...(email === undefined ? {} : { Email: email }) };
}

const refOf = (row: JsonRecord): RemoteRef => ({ role: 'contact', kind: 'contact', id: idOf(row['Id']), title: asText(row['Name']) });
