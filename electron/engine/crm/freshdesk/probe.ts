import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { callFreshdesk } from './call-freshdesk.ts';

/** What a push reads, and what the role of the agent has to allow for it. */
const neededRights: Readonly<Record<string, string>> = {
  '/tickets?per_page=1': 'View and manage tickets, create tickets, add notes',
  '/contacts?per_page=1': 'View and manage contacts',
};

export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const agent = asRecord(asRecord((await callFreshdesk(context, 'GET', '/agents/me')).data)['contact']);
  const findings: ProbeFinding[] = [];
  for (const [path, right] of Object.entries(neededRights)) {
    if (!(await isAllowed(context, path))) findings.push({ severity: 'error', code: 'right-missing', detail: right });
  }
  return { isUsable: findings.length === 0, signedInAs: asText(agent['email']) || null, version: null, findings };
}

async function isAllowed(context: ConnectorContext, path: string): Promise<boolean> {
  try {
    await callFreshdesk(context, 'GET', path);
    return true;
  } catch (error) {
    if (error instanceof Permanent && error.code === 'forbidden') return false;
    throw error;
  }
}
