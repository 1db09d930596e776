import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord } from '../http/json-value.ts';
import { callSalesforce } from './call-salesforce.ts';
import { keyField } from './contacts.ts';
import { orgAddress } from './manifest.ts';

interface Wanted {
  readonly object: string;
  readonly has: readonly string[];
  /** What our field there must be able to do. */
  readonly field: readonly string[];
}

const always: readonly Wanted[] = [
  { object: 'Contact', has: ['createable', 'updateable', 'queryable'], field: ['externalId', 'unique'] },
  { object: 'Task', has: ['createable', 'deletable', 'queryable'], field: ['filterable', 'createable'] },
  { object: 'ContentVersion', has: ['createable'], field: [] },
];
const cases: Wanted = { object: 'Case', has: ['createable', 'queryable'], field: ['externalId', 'unique'] };

/** Asks what contacts, tasks, files (and cases, where they are written to) are to this user; each finding says what an administrator has to add. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const findings: ProbeFinding[] = [];
  const wanted = context.values['recordKind'] === 'case' ? [...always, cases] : always;
  for (const one of wanted) findings.push(...(await findingsOf(context, one)));
  return { isUsable: findings.length === 0, signedInAs: new URL(orgAddress(context.values)).hostname, version: null, findings };
}

async function findingsOf(context: ConnectorContext, { object, has, field }: Wanted): Promise<readonly ProbeFinding[]> {
  const described = await describe(context, object);
  const lacks = has.filter((right) => described?.[right] !== true);
  if (described === null || lacks.length > 0) return [{ severity: 'error', code: 'right-missing', detail: `${object}: ${lacks.join(', ')}` }];
  if (field.length === 0) return [];
  const ours = asArray(described['fields']).map(asRecord).find(({ name }) => name === keyField);
  if (ours !== undefined && field.every((property) => ours[property] === true)) return [];
  return [{ severity: 'error', code: object === 'Task' ? 'activity-field-missing' : 'external-id-missing', detail: keyField, values: { record: object } }];
}

async function describe(context: ConnectorContext, object: string) {
  try {
    return await callSalesforce(context, 'GET', `/sobjects/${object}/describe`);
  } catch (error) {
    if (error instanceof Permanent && (error.code === 'forbidden' || error.code === 'record-gone')) return null;
    throw error;
  }
}
