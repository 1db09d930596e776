import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { listOfV1 } from './call-pipedrive.ts';

/** Name of the text field that an administrator adds to persons, and to deals where those are written to; leads share it. */
export const keyFieldName = 'Palomar key';

export type FieldOwner = 'person' | 'deal';

/** The hash by which the API calls our field; null: it is not there. */
export async function readKeyField(context: ConnectorContext, owner: FieldOwner): Promise<string | null> {
  const fields = await listOfV1(context, `/v1/${owner}Fields`, 500);
  const found = fields.find((field) => field['name'] === keyFieldName && field['field_type'] === 'varchar');
  const hash = asText(found?.['key']);
  return /^[\da-f]{40}$/.test(hash) ? hash : null;
}

/** @throws Permanent `setup-incomplete` */
export async function keyField(context: ConnectorContext, owner: FieldOwner): Promise<string> {
  const memoryName = `pipedrive field ${owner}`;
  const known = context.memory.get(memoryName);
  if (typeof known === 'string') return known;
  const hash = await readKeyField(context, owner);
  if (hash === null) throw new Permanent('setup-incomplete', { detail: `${owner}: ${keyFieldName}` });
  context.memory.set(memoryName, hash);
  return hash;
}
