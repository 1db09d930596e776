import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callEspo } from './call-espo.ts';
import { findKeyField, keyFieldName } from './key-field.ts';

const neededRights = ['create', 'read', 'edit', 'stream'] as const;

/** Signs in, looks at the rights for contacts and at our field; each finding says what an administrator has to add. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  context.memory.delete('keyField');
  const answer = asRecord(await callEspo(context, 'GET', '/App/user'));
  const field = await findKeyField(context);
  const findings = [
    ...rightFindings(asRecord(asRecord(answer['acl'])['table'])),
    ...(field === null ? [{ severity: 'error' as const, code: 'contact-field-missing', detail: keyFieldName }] : []),
  ];
  return {
    isUsable: findings.every(({ severity }) => severity !== 'error'),
    signedInAs: asText(asRecord(answer['user'])['userName']) || null,
    version: asText(asRecord(answer['settings'])['version']) || null,
    findings,
  };
}

function rightFindings(table: JsonRecord): readonly ProbeFinding[] {
  const rights = asRecord(table['Contact']);
  const lacks = (right: string): boolean => asText(rights[right]) === '' || rights[right] === 'no';
  const missing = neededRights.filter(lacks).map((right): ProbeFinding => ({ severity: 'error', code: 'right-missing', detail: `Contacts: ${right}` }));
  return lacks('delete') ? [...missing, { severity: 'warning', code: 'right-useful', detail: 'Contacts: delete' }] : missing;
}
