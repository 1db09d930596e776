import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callEspo, idOf, whereOf } from './call-espo.ts';
import type { WhereItem } from './call-espo.ts';
import { requireKeyField } from './key-field.ts';

/** Records that carry our key, as EspoCRM names them. */
export type Entity = 'Contact' | 'Case';

export const entityOf = ({ kind }: RemoteRef): Entity => (kind === 'case' ? 'Case' : 'Contact');
export const placeOf = (ref: RemoteRef): string => `/${entityOf(ref)}/${idOf(ref.id)}`;

export function toRef(entity: Entity, row: JsonRecord): RemoteRef {
  const [id, title] = [idOf(row['id']), asText(row['name'])];
  return entity === 'Case' ? { role: 'container', kind: 'case', id, title } : { role: 'contact', kind: 'contact', id, title };
}

export async function listRecords(context: ConnectorContext, entity: Entity, where: readonly WhereItem[], select: string): Promise<readonly JsonRecord[]> {
  const answer = asRecord(await callEspo(context, 'GET', `/${entity}?${whereOf(where)}&select=${select}&maxSize=50&offset=0`));
  if (!Array.isArray(answer['list'])) throw new Permanent('server-incompatible', { detail: `a search for ${entity} brought no list` });
  return asArray(answer['list']).map(asRecord);
}

/** The oldest first. @throws Permanent `setup-incomplete` when the server does not filter by our field: then we would write everything twice */
export async function recordsByKey(context: ConnectorContext, entity: Entity, key: string): Promise<readonly RemoteRef[]> {
  const field = await requireKeyField(context, entity);
  const rows = await listRecords(context, entity, [{ type: 'equals', attribute: field, value: key }], `id,name,createdAt,${field}`);
  if (rows.some((row) => row[field] !== key)) throw new Permanent('setup-incomplete', { detail: field });
  const age = (row: JsonRecord): string => `${asText(row['createdAt'])} ${asText(row['id'])}`;
  return [...rows].sort((a, b) => (age(a) < age(b) ? -1 : 1)).map((row) => toRef(entity, row));
}

/** A field that this user may not edit is left out without a word, and then nobody finds the record again. */
export function madeOf(entity: Entity, answer: unknown, field: string, key: string): RemoteRef {
  const row = asRecord(answer);
  if (row[field] !== key) throw new Permanent('setup-incomplete', { detail: field });
  return toRef(entity, row);
}

/** Deletes it, or, where that right is missing, takes our key off it: an empty twin stays. */
export async function withdrawRecord(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const field = await requireKeyField(context, entityOf(ref));
  const place = placeOf(ref);
  const row = asRecord(await callEspo(context, 'GET', place));
  if (row[field] !== key) throw new Permanent('rejected', { detail: `${ref.kind} ${ref.id} does not carry our key` });
  try {
    await callEspo(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'forbidden') throw error;
    await callEspo(context, 'PUT', place, { json: { [field]: null } });
  }
}
