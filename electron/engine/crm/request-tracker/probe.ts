import type { ProbeFinding, ProbeResult, PushEffect } from '#rpc';
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
    detail: `${name}, queue ${queue.name}`,
    values: { name, queue: queue.name },
  }));
  if (queue.isDisabled) findings.push({ severity: 'error', code: 'queue-disabled', detail: queue.name });
  for (const { values } of mailEffects(queue)) findings.push({ severity: 'info', code: 'mails-staff', detail: values['names'], values });
  return { isUsable: findings.every(({ severity }) => severity !== 'error'), signedInAs: null, version, findings };
}

export async function sideEffects(context: ConnectorContext): Promise<readonly PushEffect[]> {
  return mailEffects(await readQueue(context));
}

/** The customer is never a requestor, so RT's automatic reply has nobody to go to; staff may be told. */
function mailEffects({ name, adminCc }: Queue): readonly PushEffect[] {
  return adminCc.length === 0 ? [] : [{ code: 'mails-staff', values: { queue: name, names: adminCc.join(', ') } }];
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
