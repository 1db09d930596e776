import type { ConnectorContext } from '../connector.ts';
import { uuidOfKey } from '../core/uuid-of-key.ts';
import { Conflict, Permanent } from '../errors.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callSuite, idOf, toRecord } from './call-suite.ts';
import type { SuiteRecord } from './call-suite.ts';

/**
 * How often a record can be deleted and written anew. SuiteCRM keeps what is deleted, with its id, and does not give the id
 * away a second time.
 */
export const maxTurns = 5;

/** Null when nobody has it, or it was deleted: the API does not tell these apart. */
export async function readLiving(context: ConnectorContext, module: 'Contacts' | 'Notes', id: string): Promise<SuiteRecord | null> {
  try {
    return toRecord((await callSuite(context, 'GET', `/module/${module}/${idOf(id)}`))['data']);
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return null;
    throw error;
  }
}

/** The record that was made under this key and is still there. */
export async function findLiving(context: ConnectorContext, module: 'Contacts' | 'Notes', key: string): Promise<SuiteRecord | null> {
  for (let turn = 0; turn < maxTurns; turn += 1) {
    const found = await readLiving(context, module, uuidOfKey(key, turn));
    if (found !== null) return found;
  }
  return null;
}

/** @throws Conflict when one with this key is there: another device was faster, or we before an answer was lost */
export async function createOnce(context: ConnectorContext, module: 'Contacts' | 'Notes', key: string, attributes: JsonRecord): Promise<SuiteRecord> {
  const { record, isNew } = await createOrTake(context, module, key, attributes);
  if (!isNew) throw new Conflict({ detail: record.id });
  return record;
}

/** One that is there under this key is taken as it is. */
export async function createOrTake(
  context: ConnectorContext,
  module: 'Contacts' | 'Notes',
  key: string,
  attributes: JsonRecord,
): Promise<{ readonly record: SuiteRecord; readonly isNew: boolean }> {
  for (let turn = 0; turn < maxTurns; turn += 1) {
    const id = uuidOfKey(key, turn);
    try {
      const answer = await callSuite(context, 'POST', '/module', { data: { type: module, id, attributes } });
      return { record: toRecord(answer['data']), isNew: true };
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const record = await readLiving(context, module, id);
      if (record !== null) return { record, isNew: false };
    }
  }
  throw new Permanent('rejected', { detail: `deleted ${maxTurns} times: ${module} ${key}` });
}
