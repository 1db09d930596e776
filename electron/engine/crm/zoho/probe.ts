import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callZoho, keyField } from './call-zoho.ts';
import { fieldsOf } from './fields.ts';
import { contacts, deals } from './modules.ts';
import type { Module } from './modules.ts';

/** Signs in and looks at our field of every kind that is written to; each finding says what an administrator has to add. */
export async function probe(context: ConnectorContext, people: Module): Promise<ProbeResult> {
  const user = asRecord(asArray((await callZoho(context, 'GET', '/users?type=CurrentUser'))['users'])[0]);
  const wanted = people === contacts && context.values['recordKind'] === 'deal' ? [people, deals] : [people];
  const findings: ProbeFinding[] = [];
  for (const module of wanted) findings.push(...(await findingsOf(context, module)));
  return { isUsable: findings.length === 0, signedInAs: asText(user['email']) || null, version: null, findings };
}

async function findingsOf(context: ConnectorContext, module: Module): Promise<readonly ProbeFinding[]> {
  try {
    const field = (await fieldsOf(context, module)).find((one) => one['api_name'] === keyField);
    // `unique` is an empty record where the same value may stand twice.
    const isGood = field !== undefined && Object.keys(asRecord(field['unique'])).length > 0;
    return isGood ? [] : [{ severity: 'error', code: 'unique-field-missing', values: { name: keyField, record: module.apiName } }];
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'forbidden') throw error;
    return [{ severity: 'error', code: 'right-missing', detail: module.apiName }];
  }
}
