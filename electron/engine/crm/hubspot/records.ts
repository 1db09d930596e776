import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callHubspot, numberOf } from './call-hubspot.ts';

/** A property that an administrator adds once to each kind of record we make; its values are unique there. */
export const keyProperty = 'palomar_key';

interface RecordKind {
  /** In paths of the API. */
  readonly plural: string;
  /** In addresses of the pages. */
  readonly typeId: string;
  readonly titleProperty: string;
  /** Association of a note, and of the contact, as HubSpot defines them. */
  readonly noteAssociation: number;
  readonly contactAssociation: number | null;
}

/** https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide#association-type-id-values */
const recordKinds: Readonly<Record<string, RecordKind>> = {
  contact: { plural: 'contacts', typeId: '0-1', titleProperty: 'firstname', noteAssociation: 202, contactAssociation: null },
  deal: { plural: 'deals', typeId: '0-3', titleProperty: 'dealname', noteAssociation: 214, contactAssociation: 3 },
  ticket: { plural: 'tickets', typeId: '0-5', titleProperty: 'subject', noteAssociation: 228, contactAssociation: 16 },
};

export function recordKind(kind: string): RecordKind {
  const known = recordKinds[kind];
  if (known === undefined) throw new Permanent('rejected', { detail: `HubSpot has no ${kind}` });
  return known;
}

/** The number of the company's account, which addresses of pages need; asked once. */
export async function portalOf(context: ConnectorContext): Promise<string> {
  const known = context.memory.get('hubspot portal');
  if (typeof known === 'string') return known;
  const portal = numberOf((await callHubspot(context, 'GET', '/account-info/v3/details'))['portalId']);
  context.memory.set('hubspot portal', portal);
  return portal;
}

/** Records are named by account and number, so that a page can be opened without asking again. */
export async function refOf(context: ConnectorContext, kind: string, record: JsonRecord): Promise<RemoteRef> {
  const properties = asRecord(record['properties']);
  const title = kind === 'contact' ? nameOf(properties) : asText(properties[recordKind(kind).titleProperty]);
  const role = kind === 'contact' ? 'contact' : 'container';
  return { role, kind, id: `${await portalOf(context)}/${numberOf(record['id'])}`, title };
}

/** The number of a record at HubSpot. */
export const idOf = (ref: RemoteRef): string => numberOf(ref.id.split('/')[1]);

export const nameOf = (properties: JsonRecord): string =>
  [properties['firstname'], properties['lastname']].map(asText).filter((word) => word !== '').join(' ');

/**
 * Records of this kind with our key: one at most, for its values are unique. Read by the property and not by a search, which
 * lags behind by seconds.
 */
export async function recordsByKey(context: ConnectorContext, kind: string, key: string): Promise<readonly RemoteRef[]> {
  const { plural, titleProperty } = recordKind(kind);
  const query = `idProperty=${keyProperty}&properties=${keyProperty},${titleProperty}${kind === 'contact' ? ',lastname' : ''}`;
  try {
    const record = await callHubspot(context, 'GET', `/crm/v3/objects/${plural}/${encodeURIComponent(key)}?${query}`);
    if (asRecord(record['properties'])[keyProperty] !== key) throw new Permanent('setup-incomplete', { detail: keyProperty });
    return [await refOf(context, kind, record)];
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return [];
    throw error;
  }
}
