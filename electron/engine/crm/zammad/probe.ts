import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callZammad } from './call-zammad.ts';
import { keyAttribute, ticketsByKey } from './tickets.ts';

/** What an agent needs in the group of new tickets; `full` stands for all of them. */
const neededAccess = ['read', 'create', 'change'] as const;

/** Signs in, looks at the group, the rights there and our attribute; each finding says what an administrator has to add. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const user = asRecord(await callZammad(context, 'GET', '/users/me?expand=true'));
  const findings = [...groupFindings(user, (context.values['group'] ?? '').trim()), ...(await attributeFindings(context))];
  return {
    isUsable: findings.every(({ severity }) => severity !== 'error'),
    signedInAs: asText(user['login']) || asText(user['email']) || null,
    version: null,
    findings,
  };
}

function groupFindings(user: JsonRecord, group: string): readonly ProbeFinding[] {
  const groups = asRecord(user['groups']);
  if (!Object.hasOwn(groups, group)) return [{ severity: 'error', code: 'group-missing', detail: group }];
  const access = new Set(asArray(groups[group]).map(asText));
  if (access.has('full')) return [];
  return neededAccess
    .filter((right) => !access.has(right))
    .map((right) => ({ severity: 'error', code: 'right-missing', detail: `${group}: ${right}` }));
}

/** Only administrators may list attributes; a search by one that is not there is refused, or is not filtered. */
async function attributeFindings(context: ConnectorContext): Promise<readonly ProbeFinding[]> {
  try {
    await ticketsByKey(context, 'pal1.nobody');
    return [];
  } catch (error) {
    const isRefused = error instanceof ConnectorError && ['rejected', 'setup-incomplete', 'server-error'].includes(error.code);
    if (!isRefused) throw error;
    return [{ severity: 'error', code: 'ticket-attribute-missing', detail: keyAttribute }];
  }
}
