import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callDolibarr, filterText, listDolibarr, numberOf } from './call-dolibarr.ts';

const phoneFields = ['phone_mobile', 'phone_perso', 'phone_pro'] as const;
/** Names of the columns where those of the API are others. */
const columns: Readonly<Record<string, string>> = { phone_pro: 'phone' };
const mostCandidates = 20;

/** Contacts with one of the numbers or addresses, however they are written, or with this last name. */
export async function findContacts(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const found = new Map<string, JsonRecord>();
  for (const filter of [...query.identifiers.map(filterOf), nameFilter(query.name)]) {
    if (filter === null) continue;
    for (const row of await listDolibarr(context, '/contacts', filter, { limit: mostCandidates })) found.set(numberOf(row['id']), row);
  }
  return [...found.values()].filter((row) => asText(row['statut']) !== '0').slice(0, mostCandidates).map(toCandidate);
}

/** The last nine digits with anything between them; what comes is compared by the core. */
function filterOf({ kind, value }: PersonIdentifier): string | null {
  if (kind === 'handle') return null;
  const wanted = filterText(kind === 'phone' ? `%${value.replace(/\D/g, '').slice(-9).split('').join('%')}%` : value);
  if (wanted === null) return null;
  if (kind === 'email') return `(t.email:=:${wanted})`;
  return phoneFields.map((field) => `(t.${columns[field] ?? field}:like:${wanted})`).join(' or ');
}

function nameFilter(name: string): string | null {
  const { lastname } = namesOf(name);
  const wanted = filterText(lastname);
  return wanted === null || lastname.trim() === '' ? null : `(t.lastname:=:${wanted})`;
}

/** @throws Permanent `server-incompatible` when `ref_ext` is no filter there: then we would write everything twice */
export async function contactsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const rows = await listDolibarr(context, '/contacts', `(t.ref_ext:=:'${key}')`);
  if (!rows.every((row) => row['ref_ext'] === key)) throw new Permanent('server-incompatible', { detail: 'ref_ext of contacts' });
  return rows.map(toRef).sort((a, b) => Number(a.id) - Number(b.id));
}

export async function createContact(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const id = numberOf(await callDolibarr(context, 'POST', '/contacts', { ...namesOf(draft.name), ...addressesOf(draft), ref_ext: key, statut: 1 }));
  const made = await readContact(context, id);
  // Versions before 14 leave it out without a word, and then nobody finds the record again.
  if (made['ref_ext'] !== key) throw new Permanent('setup-incomplete', { detail: 'ref_ext of contacts' });
  return { role: 'contact', kind: 'contact', id, title: draft.name };
}

/** Adds a number or address only where the contact has none of that sort. */
export async function fillContact(context: ConnectorContext, ref: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const present = new Set(identifiersOf(await readContact(context, ref.id)).map(({ kind }) => kind));
  const missing = draft.identifiers.filter(({ kind }) => kind !== 'handle' && !present.has(kind));
  if (missing.length === 0) return [];
  await callDolibarr(context, 'PUT', `/contacts/${numberOf(ref.id)}`, addressesOf({ ...draft, identifiers: missing }));
  return [...new Set(missing.map(({ kind }) => kind))];
}

export async function withdrawContact(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const contact = await readContact(context, ref.id);
  if (contact['ref_ext'] !== key) throw new Permanent('rejected', { detail: `contact ${ref.id} does not carry our key` });
  await callDolibarr(context, 'DELETE', `/contacts/${numberOf(ref.id)}`);
}

export const readContact = async (context: ConnectorContext, id: string): Promise<JsonRecord> =>
  asRecord(await callDolibarr(context, 'GET', `/contacts/${numberOf(id)}`));

/** A last name is what Dolibarr asks for; one word alone is that. */
function namesOf(name: string): { readonly lastname: string; readonly firstname: string } {
  const [first = '', ...rest] = name.trim().split(/\s+/);
  const last = rest.join(' ');
  return last === '' ? { lastname: first.slice(0, 50), firstname: '' } : { lastname: last.slice(0, 50), firstname: first.slice(0, 50) };
}

function addressesOf({ identifiers }: ContactDraft): JsonRecord {
  const phone = identifiers.find(({ kind }) => kind === 'phone')?.value;
  const email = identifiers.find(({ kind }) => kind === 'email')?.value;
  return { ...(phone === undefined ? {} : { phone_mobile: phone }), ...(email === undefined ? {} : { email }) };
}

const identifiersOf = (row: JsonRecord): readonly PersonIdentifier[] =>
  [
    ...phoneFields.map((field): PersonIdentifier => ({ kind: 'phone', value: asText(row[field]) })),
    { kind: 'email' as const, value: asText(row['email']) },
  ].filter(({ value }) => value !== '');

function toCandidate(row: JsonRecord): Candidate {
  const identifiers = identifiersOf(row);
  const ref = toRef(row);
  const shown = [asText(row['poste']), asText(row['socname']), ...identifiers.map(({ value }) => value)];
  return { ref, title: ref.title ?? '', subtitle: shown.filter((part) => part !== '').slice(0, 3).join(' · '), identifiers };
}

export const toRef = (row: JsonRecord): RemoteRef => ({
  role: 'contact',
  kind: 'contact',
  id: numberOf(row['id']),
  title: [asText(row['firstname']), asText(row['lastname'])].filter((part) => part !== '').join(' '),
});
