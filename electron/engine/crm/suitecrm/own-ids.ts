import type { ConnectorContext } from '../connector.ts';
import { createOrTake } from '../core/own-ids.ts';
import type { OwnIdPlace } from '../core/own-ids.ts';
import { Conflict, Permanent } from '../errors.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callSuite, idOf, toRecord } from './call-suite.ts';
import type { SuiteRecord } from './call-suite.ts';

type Module = 'Contacts' | 'Notes';

/** SuiteCRM takes ids from its clients, and keeps those of deleted records. */
export const placeOf = (context: ConnectorContext, module: Module, attributes: JsonRecord = {}): OwnIdPlace<SuiteRecord> => ({
  create: async (id) => toRecord((await callSuite(context, 'POST', '/module', { data: { type: module, id, attributes } }))['data']),
  read: (id) => readLiving(context, module, id),
});

export async function readLiving(context: ConnectorContext, module: Module, id: string): Promise<SuiteRecord | null> {
  try {
    return toRecord((await callSuite(context, 'GET', `/module/${module}/${idOf(id)}`))['data']);
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return null;
    throw error;
  }
}

/** @throws Conflict when one with this key is there: another device was faster, or we before an answer was lost */
export async function createOnce(context: ConnectorContext, module: Module, key: string, attributes: JsonRecord): Promise<SuiteRecord> {
  const { row, isNew } = await createOrTake(key, placeOf(context, module, attributes));
  if (!isNew) throw new Conflict({ detail: row.id });
  return row;
}
