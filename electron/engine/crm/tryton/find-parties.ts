import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, TargetQuery } from '../connector.ts';
import { asArray, asId, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { escapeLike } from './models.ts';
import { readParties } from './parties.ts';
import { call } from './session.ts';

const maxParties = 20;

/** Types of `party.contact_mechanism` and what they mean for us; the others say nothing about who somebody is. */
const identifierKinds: Readonly<Record<string, PersonIdentifier['kind']>> = {
  phone: 'phone',
  mobile: 'phone',
  email: 'email',
  jabber: 'handle',
  other: 'handle',
};

/** Parties with one of the identifiers or a similar name, each with everything by which it can be recognised. */
export async function findParties(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const byIdentifier = query.identifiers.length === 0 ? [] : await partiesByMechanism(context, query.identifiers);
  const byName = query.name.trim() === '' ? [] : await partiesByName(context, query.name.trim());
  const ids = [...new Set([...byIdentifier, ...byName])].slice(0, maxParties);
  if (ids.length === 0) return [];
  const parties = await readParties(context, ids, ['name', 'code', 'active']);
  const mechanisms = asArray(
    await call(context, 'model.party.contact_mechanism.search_read', [['party', 'in', ids]], 0, 500, null, [
      'party',
      'type',
      'value',
      'value_compact',
    ]),
  ).map(asRecord);
  return parties.filter((party) => party['active'] !== false).map((party) => toCandidate(party, mechanisms));
}

async function partiesByMechanism(context: ConnectorContext, identifiers: readonly PersonIdentifier[]): Promise<readonly number[]> {
  const clauses = identifiers.map(({ kind, value }) =>
    kind === 'phone'
      ? [['type', 'in', ['phone', 'mobile']], ['value_compact', '=', value]]
      : [['value', 'ilike', escapeLike(value)]],
  );
  const found = await call(context, 'model.party.contact_mechanism.search_read', ['OR', ...clauses], 0, 100, null, ['party']);
  return asArray(found).map((row) => asId(asRecord(row)['party'])).filter((id) => id !== null);
}

async function partiesByName(context: ConnectorContext, name: string): Promise<readonly number[]> {
  const found = await call(context, 'model.party.party.search', [['name', 'ilike', `%${escapeLike(name)}%`]], 0, maxParties, null);
  return asArray(found).map(asId).filter((id) => id !== null);
}

function toCandidate(party: JsonRecord, mechanisms: readonly JsonRecord[]): Candidate {
  const own = mechanisms.filter((mechanism) => mechanism['party'] === party['id']);
  const identifiers = own.flatMap((mechanism): PersonIdentifier[] => {
    const kind = identifierKinds[asText(mechanism['type'])];
    const value = asText(kind === 'phone' ? mechanism['value_compact'] : mechanism['value']);
    return kind === undefined || value === '' ? [] : [{ kind, value }];
  });
  const title = asText(party['name']);
  return {
    ref: { role: 'contact', kind: 'party', id: asText(party['id']), title },
    title,
    subtitle: [`Party ${asText(party['code'])}`, ...own.map((mechanism) => asText(mechanism['value'])).slice(0, 2)].join(' · '),
    identifiers,
  };
}
