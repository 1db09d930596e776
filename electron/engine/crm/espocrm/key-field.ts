import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord } from '../http/json-value.ts';
import { callEspo } from './call-espo.ts';
import type { Entity } from './keyed-records.ts';

/** What an administrator types as the field's name; since 7.4 EspoCRM puts a `c` before it. */
export const keyFieldName = 'palomarKey';
const possibleNames = ['cPalomarKey', keyFieldName] as const;

/** Name of our field of these records as requests use it; null: nobody has added it yet. */
export async function findKeyField(context: ConnectorContext, entity: Entity): Promise<string | null> {
  const known = context.memory.get(`keyField ${entity}`);
  if (typeof known === 'string') return known;
  const fields = asRecord(await callEspo(context, 'GET', `/Metadata?key=entityDefs.${entity}.fields`));
  const found = possibleNames.find((name) => Object.hasOwn(fields, name)) ?? null;
  if (found !== null) context.memory.set(`keyField ${entity}`, found);
  return found;
}

/** @throws Permanent `setup-incomplete` without the field: EspoCRM would leave it out and say nothing */
export async function requireKeyField(context: ConnectorContext, entity: Entity): Promise<string> {
  const field = await findKeyField(context, entity);
  if (field === null) throw new Permanent('setup-incomplete', { detail: keyFieldName });
  return field;
}
