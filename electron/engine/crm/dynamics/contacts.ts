import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { uuidOfKey } from '../core/uuid-of-key.ts';
import { asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callDynamics, createRow, guidOf, listRows, quoted, readRow } from './call-dynamics.ts';

const phoneFields = ['mobilephone', 'telephone1', 'telephone2'] as const;
const shown = ['contactid', 'fullname', 'emailaddress1', ...phoneFields];

/** Active contacts with one of the numbers or addresses, or of the same name. */
export async function findContacts(context: ConnectorContext, { identifiers, name }: TargetQuery): Promise<readonly Candidate[]> {
  const words = cleanLine(name, 150);
  const clauses = [...identifiers.flatMap(clausesOf), ...(words === '' ? [] : [`fullname eq ${quoted(words)}`])];
  if (clauses.length === 0) return [];
  const $filter = `statecode eq 0 and (${clauses.join(' or ')})`;
  return (await listRows(context, 'contacts', { $select: shown.join(','), $filter, $top: '50' })).map(toCandidate);
}

/** Numbers stand there as somebody typed them: in the usual forms, and without any signs. */
function clausesOf({ kind, value }: PersonIdentifier): readonly string[] {
  if (kind === 'email') return [`emailaddress1 eq ${quoted(value)}`];
  if (kind !== 'phone') return [];
  const number = parsePhoneNumberFromString(value);
  const forms = new Set([value, number?.formatInternational() ?? value, number?.formatNational() ?? value]);
  const digits = number?.nationalNumber ?? value;
  return phoneFields.flatMap((field) => [...[...forms].map((form) => `${field} eq ${quoted(form)}`), `endswith(${field},${quoted(digits)})`]);
}

function toCandidate(row: JsonRecord): Candidate {
  const phones = phoneFields.map((name) => asText(row[name])).filter((phone) => phone !== '');
  const email = asText(row['emailaddress1']);
  return {
    ref: refOf(row),
    title: asText(row['fullname']),
    subtitle: [...phones, email].filter((word) => word !== '').slice(0, 3).join(' · '),
    identifiers: [...phones.map((value) => ({ kind: 'phone' as const, value })), ...(email === '' ? [] : [{ kind: 'email' as const, value: email }])],
  };
}

export async function contactsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const row = await readRow(context, 'contacts', uuidOfKey(key), ['contactid', 'fullname']);
  return row === null ? [] : [refOf(row)];
}

/** @throws Conflict when another device made it */
export async function createContact(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const [first = '', ...rest] = cleanLine(draft.name, 90).split(' ');
  const names = rest.length === 0 ? { lastname: first.slice(0, 50) } : { firstname: first.slice(0, 50), lastname: rest.join(' ').slice(0, 50) };
  const id = await createRow(context, 'contacts', key, { ...names, ...addressesOf(draft) });
  return { role: 'contact', kind: 'contact', id, title: draft.name };
}

/** Adds a number and an address where the contact has none. */
export async function fillContact(context: ConnectorContext, contact: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const has = await readRow(context, 'contacts', contact.id, ['emailaddress1', ...phoneFields]);
  if (has === null) return [];
  const isReachable = phoneFields.some((name) => asText(has[name]) !== '');
  const missing = Object.entries(addressesOf(draft)).filter(([name]) => (name === 'mobilephone' ? !isReachable : asText(has[name]) === ''));
  // Without If-Match a contact that was deleted in this instant would be made anew.
  if (missing.length > 0) await callDynamics(context, 'PATCH', `/contacts(${guidOf(contact.id)})`, { json: Object.fromEntries(missing), headers: { 'if-match': '*' } });
  return missing.map(([name]) => name);
}

function addressesOf({ identifiers }: ContactDraft): Readonly<Record<string, string>> {
  const first = (kind: PersonIdentifier['kind']): string | undefined => identifiers.find((one) => one.kind === kind)?.value;
  const [phone, email] = [first('phone'), first('email')];
  return { ...(phone === undefined ? {} : { mobilephone: phone }), ...(email === undefined ? {} : { emailaddress1: email }) };
}

const refOf = (row: JsonRecord): RemoteRef => ({ role: 'contact', kind: 'contact', id: guidOf(row['contactid']), title: asText(row['fullname']) });
