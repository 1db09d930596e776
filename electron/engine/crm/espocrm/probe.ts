import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callEspo } from './call-espo.ts';
import { findKeyField, keyFieldName } from './key-field.ts';
import type { Entity } from './keyed-records.ts';

const neededRights = ['create', 'read', 'edit', 'stream'] as const;

/** Signs in, looks at the rights for contacts (and cases, where they are written to) and at our field; each finding says what an administrator has to add. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const answer = asRecord(await callEspo(context, 'GET', '/App/user'));
  const table = asRecord(asRecord(answer['acl'])['table']);
  const findings: ProbeFinding[] = [];
  for (const entity of context.values['recordKind'] === 'case' ? (['Contact', 'Case'] as const) : (['Contact'] as const)) {
    context.memory.delete(`keyField ${entity}`);
    findings.push(...rightFindings(table, entity));
    // What the user may not see at all has no fields for it either.
    if ((await findKeyField(context, entity)) === null) findings.push({ severity: 'error', code: 'contact-field-missing', detail: keyFieldName, values: { record: entity } });
  }
  return {
    isUsable: findings.every(({ severity }) => severity !== 'error'),
    signedInAs: asText(asRecord(answer['user'])['userName']) || null,
    version: asText(asRecord(answer['settings'])['version']) || null,
    findings,
  };
}

function rightFindings(table: JsonRecord, entity: Entity): readonly ProbeFinding[] {
  const rights = asRecord(table[entity]);
  const lacks = (right: string): boolean => asText(rights[right]) === '' || rights[right] === 'no';
  const missing = neededRights.filter(lacks).map((right): ProbeFinding => ({ severity: 'error', code: 'right-missing', detail: `${entity}s: ${right}` }));
  return lacks('delete') ? [...missing, { severity: 'warning', code: 'right-useful', detail: `${entity}s: delete` }] : missing;
}
