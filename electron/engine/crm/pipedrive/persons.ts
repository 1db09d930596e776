import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callPipedrive, deleteOrUnmark, idOf } from './call-pipedrive.ts';
import { keyField } from './fields.ts';

/** How many of the newest persons are looked through beside a search, which may not know them yet. */
const newestCount = 100;
const maxCandidates = 20;

/** Persons with one of the numbers or addresses, then those of a similar name. */
export async function findPersons(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const found = new Map<string, JsonRecord>();
  for (const { kind, value } of query.identifiers.filter((one) => one.kind !== 'handle')) {
    // A number stands there as somebody typed it, so its last digits are looked for; the core compares the whole.
    const term = kind === 'phone' ? value.slice(-7) : value;
    for (const item of await search(context, term, kind, kind === 'email')) found.set(asText(item['id']), item);
  }
  const name = cleanLine(query.name, 100);
  if (name.length >= 2) for (const item of await search(context, name, 'name', false)) found.set(asText(item['id']), item);
  return [...found.values()].slice(0, maxCandidates).map(toCandidate);
}

async function search(context: ConnectorContext, term: string, field: string, isExact: boolean): Promise<readonly JsonRecord[]> {
  const query = new URLSearchParams({ term, fields: field, exact_match: String(isExact), limit: '50' });
  const answer = await callPipedrive(context, 'GET', `/v2/persons/search?${query.toString()}`);
  return asArray(asRecord(answer['data'])['items']).map((one) => asRecord(asRecord(one)['item']));
}

function toCandidate(item: JsonRecord): Candidate {
  const valuesOf = (name: string) => asArray(item[name]).map(asText).filter((value) => value !== '');
  const [phones, emails] = [valuesOf('phones'), valuesOf('emails')];
  return {
    ref: personRef(item),
    title: asText(item['name']),
    subtitle: [asText(asRecord(item['organization'])['name']), ...phones, ...emails].filter((word) => word !== '').slice(0, 3).join(' · '),
    identifiers: [...phones.map((value) => ({ kind: 'phone' as const, value })), ...emails.map((value) => ({ kind: 'email' as const, value }))],
  };
}

/** Persons with our key: by search, and among the newest, for a search may lag behind. */
export async function personsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const field = await keyField(context, 'person');
  const newest = await callPipedrive(context, 'GET', `/v2/persons?sort_by=id&sort_direction=desc&limit=${newestCount}&custom_fields=${field}`);
  const found = new Map(asArray(newest['data']).map(asRecord).map((person) => [idOf(person['id']), person]));
  for (const item of await search(context, key, 'custom_fields', true)) {
    const id = idOf(item['id']);
    if (found.has(id)) continue;
    // Several fields were searched and a person may be deleted since: only what the person itself says counts.
    const person = await readPerson(context, id);
    if (person !== null) found.set(id, person);
  }
  return [...found.values()]
    .filter((person) => person['is_deleted'] !== true && asRecord(person['custom_fields'])[field] === key)
    .map(personRef)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

export async function createPerson(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const custom = { [await keyField(context, 'person')]: key };
  const json = { name: cleanLine(draft.name, 200), ...addressesOf(draft), custom_fields: custom };
  return personRef(asRecord((await callPipedrive(context, 'POST', '/v2/persons', { json }))['data']));
}

/** Adds a number and an address where the person has none. */
export async function fillPerson(context: ConnectorContext, contact: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const person = await readPerson(context, contact.id);
  if (person === null) throw new Permanent('record-gone', { detail: `person ${contact.id}` });
  const missing = Object.entries(addressesOf(draft)).filter(([name]) => asArray(person[name]).every((one) => asText(asRecord(one)['value']) === ''));
  if (missing.length === 0) return [];
  await callPipedrive(context, 'PATCH', `/v2/persons/${idOf(contact.id)}`, { json: Object.fromEntries(missing) });
  return missing.map(([name]) => name);
}

export async function withdrawPerson(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const person = await readPerson(context, ref.id);
  if (person === null) return;
  const field = await keyField(context, 'person');
  if (asRecord(person['custom_fields'])[field] !== key) {
    throw new Permanent('rejected', { detail: `person ${ref.id} does not carry our key` });
  }
  await deleteOrUnmark(context, `/v2/persons/${idOf(ref.id)}`, { custom_fields: { [field]: null } });
}

/** Null: it is gone. */
async function readPerson(context: ConnectorContext, id: string): Promise<JsonRecord | null> {
  try {
    const person = asRecord((await callPipedrive(context, 'GET', `/v2/persons/${idOf(id)}`))['data']);
    return person['is_deleted'] === true ? null : person;
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return null;
    throw error;
  }
}

function addressesOf({ identifiers }: ContactDraft): JsonRecord {
  const listOf = (kind: PersonIdentifier['kind'], label: string) =>
    identifiers.filter((one) => one.kind === kind).map(({ value }, index) => ({ value, label, primary: index === 0 }));
  const [phones, emails] = [listOf('phone', 'mobile'), listOf('email', 'work')];
  return { ...(phones.length === 0 ? {} : { phones }), ...(emails.length === 0 ? {} : { emails }) };
}

const personRef = (person: JsonRecord): RemoteRef => ({ role: 'contact', kind: 'person', id: idOf(person['id']), title: asText(person['name']) });
