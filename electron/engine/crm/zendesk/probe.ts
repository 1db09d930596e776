import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { callZendesk } from './call-zendesk.ts';

/** Signs in; customers can sign in too, and may not do what a push needs. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const user = asRecord((await callZendesk(context, 'GET', '/users/me')).data['user']);
  const isAgent = user['role'] === 'agent' || user['role'] === 'admin';
  const findings: ProbeFinding[] = [];
  if (!isAgent) findings.push({ severity: 'error', code: 'right-missing', detail: 'agent' });
  if (isAgent && user['ticket_restriction'] === 'requested') findings.push({ severity: 'error', code: 'right-missing', detail: 'tickets of others' });
  return { isUsable: findings.length === 0, signedInAs: asText(user['email']) || null, version: null, findings };
}
