import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { callPipedrive } from './call-pipedrive.ts';
import { containerKind } from './containers.ts';
import { keyFieldName, readKeyField } from './fields.ts';
import type { FieldOwner } from './fields.ts';

/** Signs in and looks for our fields; a token carries all rights of its user, so there is nothing else to ask. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const user = asRecord((await callPipedrive(context, 'GET', '/v1/users/me'))['data']);
  const owners: readonly FieldOwner[] = containerKind(context) === 'person' ? ['person'] : ['person', 'deal'];
  const findings: ProbeFinding[] = [];
  for (const owner of owners) {
    const values = { name: keyFieldName, record: owner };
    if ((await readKeyField(context, owner)) === null) findings.push({ severity: 'error', code: 'data-field-missing', values });
  }
  return { isUsable: findings.length === 0, signedInAs: asText(user['name']) || null, version: null, findings };
}
