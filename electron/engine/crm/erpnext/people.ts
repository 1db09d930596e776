import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callFrappe, documentPath, listDocuments } from './call-frappe.ts';
import type { Filter } from './call-frappe.ts';
import { keyField } from './kinds.ts';
import type { Kind } from './kinds.ts';

const mostCandidates = 20;

/** Records with one of the numbers or addresses, or a name that begins alike, each read whole. */
export async function findPeople(context: ConnectorContext, kind: Kind, query: TargetQuery): Promise<readonly Candidate[]> {
  const byName: readonly Filter[] = query.name.trim() === '' ? [] : [[kind.titleField, 'like', `${query.name.trim().replace(/[%_\\]/g, '_')}%`]];
  const names = new Set<string>();
  for (const filter of [...query.identifiers.flatMap(kind.filtersOf), ...byName]) {
    for (const row of await listDocuments(context, kind.doctype, [filter], ['name'], { limit: mostCandidates })) names.add(asText(row['name']));
  }
  const found: Candidate[] = [];
  for (const name of [...names].slice(0, mostCandidates)) found.push(toCandidate(kind, await read(context, kind, name)));
  return found;
}

/** @throws Permanent `setup-incomplete` where the filter is ignored or its field is missing */
export async function peopleByKey(context: ConnectorContext, kind: Kind, key: string): Promise<readonly RemoteRef[]> {
  if (kind.valuesOf === undefined) return [];
  const rows = await listDocuments(context, kind.doctype, [[keyField, '=', key]], ['name', kind.titleField, keyField]);
  if (!rows.every((row) => row[keyField] === key)) throw new Permanent('setup-incomplete', { detail: `${kind.doctype}: ${keyField}` });
  return rows.map((row) => refOf(kind, row));
}

export async function createPerson(context: ConnectorContext, kind: Kind, draft: ContactDraft, key: string): Promise<RemoteRef> {
  if (kind.valuesOf === undefined) throw new Permanent('setup-incomplete', { detail: `${kind.doctype}: this person has to be there already` });
  const json = { ...kind.valuesOf(draft), [keyField]: key };
  const made = asRecord((await callFrappe(context, 'POST', `/api/resource/${kind.doctype}`, { json }))['data']);
  // A field that is not there is left out without a word, and then nobody finds the record again.
  if (made[keyField] !== key) throw new Permanent('setup-incomplete', { detail: `${kind.doctype}: ${keyField}` });
  return { ...refOf(kind, made), title: draft.name };
}

/** Adds a number or address only where the record has none of that sort. Staff stays as it is. */
export async function fillPerson(context: ConnectorContext, kind: Kind, ref: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  if (kind.valuesOf === undefined) return [];
  const document = await read(context, kind, ref.id);
  const present = new Set(kind.identifiersOf(document).map((one) => one.kind));
  const missing = draft.identifiers.filter((one) => one.kind !== 'handle' && !present.has(one.kind));
  if (missing.length === 0) return [];
  const { first_name: _first, last_name: _last, lead_name: _lead, ...values } = kind.valuesOf({ ...draft, identifiers: missing });
  await callFrappe(context, 'PUT', documentPath(kind.doctype, ref.id), { json: values });
  return [...new Set(missing.map((one) => one.kind))];
}

export async function withdrawPerson(context: ConnectorContext, kind: Kind, ref: RemoteRef, key: string): Promise<void> {
  const document = await read(context, kind, ref.id);
  if (document[keyField] !== key) throw new Permanent('rejected', { detail: `${ref.id} does not carry our key` });
  await callFrappe(context, 'DELETE', documentPath(kind.doctype, ref.id));
}

const read = async (context: ConnectorContext, kind: Kind, name: string): Promise<JsonRecord> =>
  asRecord((await callFrappe(context, 'GET', documentPath(kind.doctype, name)))['data']);

function toCandidate(kind: Kind, document: JsonRecord): Candidate {
  const ref = refOf(kind, document);
  const identifiers = kind.identifiersOf(document);
  const shown = [...kind.subtitleFields.map((field) => asText(document[field])), ...identifiers.map(({ value }) => value)];
  return { ref, title: ref.title ?? ref.id, subtitle: shown.filter((part) => part !== '').slice(0, 3).join(' · '), identifiers };
}

function refOf(kind: Kind, row: JsonRecord): RemoteRef {
  const name = asText(row['name']);
  if (name === '' || name.length > 200) throw new Permanent('server-incompatible', { detail: 'a document without a name' });
  return { role: 'contact', kind: kind.kind, id: name, title: asText(row[kind.titleField]) || name };
}

/** Whether the field of our key is there: a filter by a missing one is refused. */
export async function hasKeyField(context: ConnectorContext, kind: Kind): Promise<boolean> {
  try {
    return asArray(await listDocuments(context, kind.doctype, [[keyField, '=', 'pal1.nobody']], ['name'], { limit: 1 })).length === 0;
  } catch (error) {
    if (error instanceof Permanent && error.code === 'rejected') return false;
    throw error;
  }
}
