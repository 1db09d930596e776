import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callOdoo } from './call-odoo.ts';
import { idOf } from './ids.ts';
import type { Kind } from './kinds.ts';
import { htmlToText } from './note-html.ts';
import { escapeLike, externalId, findByExternalId, knownFields, loadOnce, search, textOf } from './records.ts';

const maxFound = 20;

/** Records with one of the identifiers or a similar name, each with everything by which it can be recognised. */
export async function findContacts(context: ConnectorContext, kind: Kind, query: TargetQuery): Promise<readonly Candidate[]> {
  const fields = await fieldsOf(context, kind);
  const clauses = query.identifiers.flatMap((identifier) => clausesOf(identifier, fields));
  if (query.name.trim() !== '') clauses.push(['name', 'ilike', escapeLike(query.name.trim())]);
  if (clauses.length === 0) return [];
  const domain = [['active', '=', true], ...clauses.slice(1).map(() => '|'), ...clauses];
  const found = await search(context, kind.model, domain, ['name', ...allOf(fields)], { offset: 0, limit: maxFound });
  return found.map((record) => toCandidate(record, kind, fields));
}

export async function contactsByKey(context: ConnectorContext, kind: Kind, key: string): Promise<readonly RemoteRef[]> {
  const id = await findByExternalId(context, kind.model, externalId('contact', key));
  if (id === null) return [];
  const [record = {}] = await search(context, kind.model, [['id', '=', id]], ['name']);
  return [contactRef(kind, id, textOf(record, 'name'))];
}

export async function createContact(context: ConnectorContext, kind: Kind, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const values = { name: cleanLine(draft.name, 120), ...valuesOf(draft, await fieldsOf(context, kind)) };
  return contactRef(kind, await loadOnce(context, kind.model, externalId('contact', key), values), values.name);
}

/** Adds a number or address only where the record has none at all; what is there stays. */
export async function fillContact(context: ConnectorContext, kind: Kind, contact: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const fields = await fieldsOf(context, kind);
  const id = idOf(contact);
  const [record] = await search(context, kind.model, [['id', '=', id]], allOf(fields));
  if (record === undefined) throw new Permanent('record-gone', { detail: `${kind.model} ${id}` });
  const isEmpty = (names: readonly string[]): boolean => names.every((name) => textOf(record, name) === '');
  const groups = [fields.phones, fields.emails, fields.remark].filter(isEmpty).flat();
  const added = Object.entries(valuesOf(draft, fields)).filter(([name]) => groups.includes(name));
  if (added.length === 0) return [];
  await callOdoo(context, { model: kind.model, method: 'write', ids: [id], named: { vals: Object.fromEntries(added) } });
  return added.map(([name]) => name);
}

/** Those of a kind's fields that this server has. */
interface Fields {
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly remark: readonly string[];
}

async function fieldsOf(context: ConnectorContext, kind: Kind): Promise<Fields> {
  const has = (names: readonly string[]) => knownFields(context, kind.model, names);
  return { phones: await has(kind.phones), emails: await has(kind.emails), remark: await has(kind.remark === null ? [] : [kind.remark]) };
}

const allOf = ({ phones, emails, remark }: Fields): readonly string[] => [...phones, ...emails, ...remark];

/** What a new record says of somebody. Odoo has no field for handles: they stand in its remarks, with their network. */
function valuesOf({ identifiers, networkName }: ContactDraft, fields: Fields): Readonly<Record<string, string>> {
  const first = (kind: PersonIdentifier['kind']) => identifiers.find((one) => one.kind === kind)?.value;
  const values: Record<string, string> = {};
  const set = (field: string | undefined, value: string | undefined): void => {
    if (field !== undefined && value !== undefined) values[field] = value;
  };
  const handle = first('handle');
  set(fields.phones[0], first('phone'));
  set(fields.emails[0], first('email'));
  set(fields.remark[0], handle === undefined ? undefined : `${networkName}: ${handle.replace(/[<>&]/g, '')}`);
  return values;
}

function clausesOf({ kind, value }: PersonIdentifier, fields: Fields): unknown[] {
  if (kind === 'email') return fields.emails.map((field) => [field, 'ilike', escapeLike(value)]);
  if (kind === 'handle') return fields.remark.map((field) => [field, 'ilike', escapeLike(value)]);
  // Numbers stand there as somebody typed them: any sign may be between two digits of the national number.
  const digits = parsePhoneNumberFromString(value)?.nationalNumber ?? value.replace(/\D/g, '');
  return fields.phones.map((field) => [field, '=ilike', `%${[...digits].join('%')}%`]);
}

function toCandidate(record: JsonRecord, kind: Kind, fields: Fields): Candidate {
  const title = textOf(record, 'name');
  const filled = (names: readonly string[]) => names.map((name) => textOf(record, name)).filter((text) => text !== '');
  const phones = filled(fields.phones);
  const emails = filled(fields.emails).flatMap(addressesIn);
  const handles = filled(fields.remark).flatMap((text) => [...htmlToText(text).matchAll(/^[\w .-]{1,40}: (\S{1,300})$/gm)].map((found) => found[1] ?? ''));
  return {
    ref: contactRef(kind, idOf(record), title),
    title,
    subtitle: [...phones, ...emails].slice(0, 2).join(' · '),
    identifiers: [
      ...phones.map((value): PersonIdentifier => ({ kind: 'phone', value })),
      ...emails.map((value): PersonIdentifier => ({ kind: 'email', value })),
      ...handles.map((value): PersonIdentifier => ({ kind: 'handle', value })),
    ],
  };
}

/** `Marta <marta@levante.example>, other@…`: Odoo takes several in one field, and names with them. */
const addressesIn = (text: string): readonly string[] => text.split(/[,;]/).map((part) => (/<([^<>]+)>/.exec(part)?.[1] ?? part).trim());

const contactRef = (kind: Kind, id: number, title: string): RemoteRef => ({ role: 'contact', kind: kind.kind, id: String(id), title });
