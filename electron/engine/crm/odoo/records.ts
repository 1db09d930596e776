import type { ConnectorContext, ObjectRole } from '../connector.ts';
import { keyPrefix } from '../core/keys.ts';
import { Conflict, Permanent } from '../errors.ts';
import { asArray, asId, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callOdoo } from './call-odoo.ts';
import { loadFault } from './odoo-fault.ts';
import { versionOf } from './server.ts';

/**
 * `noupdate`: an object that is there already stays as it is, whoever wrote it. The rest: nobody becomes a follower and
 * nobody is told. Measured on Odoo 11 with a customer and a colleague as followers.
 */
const createOnce: JsonRecord = {
  mode: 'update',
  noupdate: true,
  tracking_disable: true,
  mail_create_nosubscribe: true,
  mail_create_nolog: true,
  mail_notrack: true,
  mail_auto_subscribe_no_notify: true,
};

/** From here on only administrators may read external ids. */
const firstClosedIds = 15;

/**
 * The external id of one of our objects. The kind is in it: Odoo gives back a record of any model that has the id. A
 * second dot is not allowed.
 */
export const externalId = (role: ObjectRole, key: string): string => `palomar.${role}_${key.slice(keyPrefix.length)}`;

/**
 * Makes a record with an external id, or finds the one that has it: the database takes each id once, so this can be
 * repeated and done on two devices at the same instant.
 * @throws Conflict the other of two devices was faster; look again
 */
export async function loadOnce(context: ConnectorContext, model: string, id: string, values: Readonly<Record<string, string>>): Promise<number> {
  const named = { fields: ['id', ...Object.keys(values)], data: [[id, ...Object.values(values)]] };
  const answer = asRecord(await callOdoo(context, { model, method: 'load', named, context: createOnce }));
  const found = asId(asArray(answer['ids'])[0]);
  if (found !== null) return found;
  const messages = asArray(answer['messages']).map(asRecord);
  throw loadFault(asText((messages.find(({ type }) => type === 'error') ?? messages[0])?.['message']));
}

/** The record of that external id, or null. */
export async function findByExternalId(context: ConnectorContext, model: string, id: string): Promise<number | null> {
  const { major } = await versionOf(context);
  const found = major < firstClosedIds ? await readExternalId(context, model, id) : await tryExternalId(context, model, id);
  if (found === null) return null;
  // Its row may outlive the record.
  const [record] = await search(context, model, [['id', '=', found]], ['id']);
  return record === undefined ? null : found;
}

async function readExternalId(context: ConnectorContext, model: string, id: string): Promise<number | null> {
  const [module = '', name = ''] = id.split('.');
  const domain = [['module', '=', module], ['name', '=', name], ['model', '=', model]];
  const [row] = await search(context, 'ir.model.data', domain, ['res_id']);
  return asId(row?.['res_id']);
}

/**
 * A `load` of nothing but the id: answers the record that has it, and where there is none it fails for want of a name and
 * leaves nothing behind. Only for models that require one.
 */
export async function tryExternalId(context: ConnectorContext, model: string, id: string): Promise<number | null> {
  try {
    return await loadOnce(context, model, id, {});
  } catch (error) {
    if (error instanceof Conflict || (error instanceof Permanent && (error.code === 'rejected' || error.code === 'record-gone'))) return null;
    throw error;
  }
}

/** Archived records too, lowest id first. */
export async function search(
  context: ConnectorContext,
  model: string,
  domain: readonly unknown[],
  fields: readonly string[],
  page: { readonly offset: number; readonly limit: number } = { offset: 0, limit: 100 },
): Promise<readonly JsonRecord[]> {
  const named = { domain, fields, ...page, order: 'id' };
  return asArray(await callOdoo(context, { model, method: 'search_read', named, context: { active_test: false } })).map(asRecord);
}

/** Which of these fields this version has: Odoo 11 takes fields that it does not know and forgets them. */
export async function knownFields(context: ConnectorContext, model: string, wanted: readonly string[]): Promise<readonly string[]> {
  const memoryName = `fields ${model}`;
  const known =
    (context.memory.get(memoryName) as JsonRecord | undefined) ??
    asRecord(await callOdoo(context, { model, method: 'fields_get', named: { attributes: ['type'] } }));
  context.memory.set(memoryName, known);
  return wanted.filter((field) => field in known);
}

/** Text of a field; an empty one is `false` in Odoo. */
export const textOf = (record: JsonRecord, field: string): string => asText(record[field]);

/** `%` and `_` are wildcards of `ilike`. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
