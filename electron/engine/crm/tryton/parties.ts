import type { PersonIdentifier } from '#model';
import type { ConnectorContext, ContactDraft, ContainerDraft, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asId, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { call, preferencesOf } from './session.ts';

/** Parties that carry the key in one of their identifiers, lowest id first. */
export async function partiesByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const rows = asArray(
    await call(context, 'model.party.identifier.search_read', [['code', '=', key]], 0, 50, null, ['party', 'code']),
  ).map(asRecord);
  const ids = rows.filter((row) => row['code'] === key).map((row) => asId(row['party'])).filter((id) => id !== null);
  return (await readParties(context, ids, ['name']))
    .map((party) => partyRef(asId(party['id']), asText(party['name'])))
    .filter((ref) => ref !== null)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

/** Those of the parties that exist: on SQLite, Tryton leaves numbers and identifiers of deleted ones behind. */
export async function readParties(context: ConnectorContext, ids: readonly number[], fields: readonly string[]): Promise<readonly JsonRecord[]> {
  if (ids.length === 0) return [];
  return asArray(await call(context, 'model.party.party.search_read', [['id', 'in', ids]], 0, ids.length, null, fields)).map(asRecord);
}

export async function createParty(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const mechanisms = draft.identifiers.map((identifier) => toMechanism(identifier, draft.networkName));
  const values = {
    name: draft.name,
    contact_mechanisms: [['create', mechanisms]],
    identifiers: [['create', [{ code: key }]]],
  };
  const [id] = asArray(await call(context, 'model.party.party.create', [values]));
  const ref = partyRef(asId(id), draft.name);
  if (ref === null) throw new Permanent('server-incompatible', { detail: 'no id for the new party' });
  return ref;
}

/** Adds a number, address or handle only where the party has none of that type; what is there stays. */
export async function fillParty(context: ConnectorContext, party: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const rows = asArray(
    await call(context, 'model.party.contact_mechanism.search_read', [['party', '=', Number(party.id)]], 0, 500, null, ['type']),
  ).map(asRecord);
  const present = new Set(rows.map((row) => asText(row['type'])).map((type) => (type === 'phone' ? 'mobile' : type)));
  const missing = draft.identifiers
    .map((identifier) => toMechanism(identifier, draft.networkName))
    .filter(({ type }, index, all) => !present.has(type) && all.findIndex((one) => one.type === type) === index);
  if (missing.length === 0) return [];
  await call(
    context,
    'model.party.contact_mechanism.create',
    missing.map((mechanism) => ({ ...mechanism, party: Number(party.id) })),
  );
  return missing.map(({ type }) => type);
}

/** A lead keeps the key in its reference. It needs a company, which the user's preferences name. */
export async function createLead(
  context: ConnectorContext,
  draft: ContainerDraft,
  party: RemoteRef | null,
  key: string,
): Promise<RemoteRef> {
  const company = asId((await preferencesOf(context))['company']);
  if (company === null) throw new Permanent('setup-incomplete', { detail: 'the user has no company in Tryton' });
  const values = { description: draft.title, reference: key, company, party: party === null ? null : Number(party.id), state: 'lead' };
  const [id] = asArray(await call(context, 'model.sale.opportunity.create', [values]));
  if (asId(id) === null) throw new Permanent('server-incompatible', { detail: 'no id for the new lead' });
  return { role: 'container', kind: 'lead', id: asText(id), title: draft.title };
}

export async function leadsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const rows = asArray(
    await call(context, 'model.sale.opportunity.search_read', [['reference', '=', key]], 0, 50, null, ['reference', 'description']),
  ).map(asRecord);
  return rows
    .filter((row) => row['reference'] === key && asId(row['id']) !== null)
    .map((row): RemoteRef => ({ role: 'container', kind: 'lead', id: asText(row['id']), title: asText(row['description']) }))
    .sort((a, b) => Number(a.id) - Number(b.id));
}

function partyRef(id: number | null, title: string): RemoteRef | null {
  return id === null ? null : { role: 'contact', kind: 'party', id: String(id), title };
}

/** Handles go where Tryton has a type for them (`jabber`), else to `other` with the network's name beside. */
function toMechanism({ kind, value }: PersonIdentifier, networkName: string): { type: string; value: string; name?: string } {
  if (kind === 'phone') return { type: 'mobile', value };
  if (kind === 'email') return { type: 'email', value };
  return networkName === 'XMPP' ? { type: 'jabber', value } : { type: 'other', value, name: networkName };
}
