import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { byId, callZoho, idOf, keyField, query, writeRecord } from './call-zoho.ts';
import { placeOf, refOf } from './modules.ts';
import type { Module } from './modules.ts';

const mostFound = 20;
const shownOf = ({ phones }: Module): readonly string[] => ['Full_Name', 'Email', ...phones];

/** People with one of the numbers or addresses, and of the same name. Searches know new people some time after they were made. */
export async function findPeople(context: ConnectorContext, module: Module, { identifiers, name }: TargetQuery): Promise<readonly Candidate[]> {
  const found = new Map<string, JsonRecord>();
  const add = (rows: readonly JsonRecord[]): void => rows.forEach((row) => found.set(idOf(row['id']), row));
  for (const { kind, value } of identifiers) {
    if (kind === 'handle') continue;
    for (const form of kind === 'phone' ? formsOf(value) : [value]) add(await search(context, module, kind, form));
    // A sign that would have to be escaped is in no address that anybody has.
    const isPlain = /^[^'"\\\s]+$/.test(value);
    if (kind === 'email' && isPlain) add(await query(context, `select ${shownOf(module).join(', ')} from ${module.apiName} where Email = '${value}' limit ${mostFound}`));
  }
  const word = cleanLine(name, 100);
  if (word.length > 1) add(await search(context, module, 'word', word));
  return [...found.values()].map((row) => toCandidate(module, row));
}

/** As somebody may have typed it. */
function formsOf(phone: string): readonly string[] {
  const parsed = parsePhoneNumberFromString(phone);
  return [...new Set([phone, parsed?.formatInternational() ?? phone, parsed?.nationalNumber ?? phone])];
}

/** https://www.zoho.com/crm/developer/docs/api/v8/search-records.html */
async function search(context: ConnectorContext, module: Module, by: 'phone' | 'email' | 'word', value: string): Promise<readonly JsonRecord[]> {
  const parameters = `${by}=${encodeURIComponent(value)}&fields=${shownOf(module).join(',')}&per_page=${mostFound}`;
  return asArray((await callZoho(context, 'GET', `/${module.apiName}/search?${parameters}`))['data']).map(asRecord);
}

function toCandidate(module: Module, row: JsonRecord): Candidate {
  const phones = module.phones.map((field) => asText(row[field])).filter((phone) => phone !== '');
  const email = asText(row['Email']);
  return {
    ref: refOf(module, row),
    title: asText(row['Full_Name']),
    subtitle: [...phones, email].filter((word) => word !== '').slice(0, 3).join(' · '),
    identifiers: [...phones.map((value) => ({ kind: 'phone' as const, value })), ...(email === '' ? [] : [{ kind: 'email' as const, value: email }])],
  };
}

/** @throws Permanent `setup-incomplete` when the field is not there, or no filter: then everything would be written twice */
export async function recordsByKey(context: ConnectorContext, module: Module, key: string): Promise<readonly RemoteRef[]> {
  const rows = await query(context, `select ${module.titleField}, ${keyField} from ${module.apiName} where ${keyField} = '${key}' limit ${mostFound}`);
  if (rows.some((row) => row[keyField] !== key)) throw new Permanent('setup-incomplete', { detail: keyField });
  return rows.map((row) => refOf(module, row)).sort((a, b) => byId(a.id, b.id));
}

/** @throws Conflict when another device made it: our key is unique there */
export async function createPerson(context: ConnectorContext, module: Module, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const values = { ...namesOf(draft.name), ...addressesOf(module, draft), [keyField]: key };
  return { role: 'contact', kind: module.kind, id: await writeRecord(context, 'POST', `/${module.apiName}`, values), title: draft.name };
}

/** Adds a number and an address where the person has none. */
export async function fillPerson(context: ConnectorContext, module: Module, person: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const has = asRecord(asArray((await callZoho(context, 'GET', `${placeOf(person)}?fields=${shownOf(module).join(',')}`))['data'])[0]);
  if (has['id'] === undefined) throw new Permanent('record-gone', { detail: placeOf(person) });
  const isReachable = module.phones.some((field) => asText(has[field]) !== '');
  const missing = Object.entries(addressesOf(module, draft)).filter(([name]) => (name === 'Email' ? asText(has[name]) === '' : !isReachable));
  if (missing.length > 0) await writeRecord(context, 'PUT', placeOf(person), Object.fromEntries(missing));
  return missing.map(([name]) => name);
}

/** Only the last name is needed there; it holds 80 characters, the first 40. */
function namesOf(name: string): Readonly<Record<string, string>> {
  const [first = '', ...rest] = cleanLine(name, 120).split(' ');
  return rest.length === 0 ? { Last_Name: first.slice(0, 80) } : { First_Name: first.slice(0, 40), Last_Name: rest.join(' ').slice(0, 80) };
}

function addressesOf({ phones: [field = 'Phone'] }: Module, { identifiers }: ContactDraft): Readonly<Record<string, string>> {
  const first = (kind: PersonIdentifier['kind']): string | undefined => identifiers.find((one) => one.kind === kind)?.value;
  const [phone, email] = [first('phone'), first('email')];
  return { ...(phone === undefined ? {} : { [field]: phone }), ...(email === undefined ? {} : { Email: email }) };
}
