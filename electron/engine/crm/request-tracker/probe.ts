import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { callRt } from './call-rt.ts';
import { queueName, readQueue } from './queue.ts';
import type { Queue } from './queue.ts';

/** Signs in and looks at the queue; each finding says what an administrator has to add and where. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const version = asText(asRecord((await callRt(context, 'GET', '/rt')).body)['Version']);
  const queue = await queueOrNull(context);
  if (queue === null) {
    const finding: ProbeFinding = { severity: 'error', code: 'queue-missing', detail: queueName(context) };
    return { isUsable: false, signedInAs: null, version, findings: [finding] };
  }
  const findings: ProbeFinding[] = queue.missingFields.map(({ name, place }) => ({
    severity: 'error',
    code: place === 'ticket' ? 'ticket-field-missing' : 'transaction-field-missing',
    detail: howToAdd(name, place, queue.name),
  }));
  if (queue.isDisabled) findings.push({ severity: 'error', code: 'queue-disabled', detail: queue.name });
  for (const sentence of mailSentences(queue)) findings.push({ severity: 'info', code: 'mails-staff', detail: sentence });
  return { isUsable: findings.every(({ severity }) => severity !== 'error'), signedInAs: null, version, findings };
}

export async function sideEffects(context: ConnectorContext): Promise<readonly string[]> {
  return mailSentences(await readQueue(context));
}

/** The customer is never a requestor, so RT's automatic reply has nobody to go to; staff may be told. */
function mailSentences(queue: Queue): readonly string[] {
  if (queue.adminCc.length === 0) return [];
  return [`Queue ${queue.name} tells its AdminCc (${queue.adminCc.join(', ')}) about new tickets and comments.`];
}

function howToAdd(name: string, place: 'ticket' | 'transaction', queue: string): string {
  const appliesTo = place === 'ticket' ? 'Tickets' : 'Ticket Transactions';
  return `Admin › Custom Fields › Create: Name "${name}", Type "Enter one value", Applies to "${appliesTo}"; then Applies to › queue ${queue}; Group Rights: SeeCustomField, ModifyCustomField`;
}

async function queueOrNull(context: ConnectorContext): Promise<Queue | null> {
  try {
    return await readQueue(context);
  } catch (error) {
    // RT answers "forbidden" for a queue that does not exist as well.
    if (error instanceof Permanent && (error.code === 'record-gone' || error.code === 'forbidden')) return null;
    throw error;
  }
}
