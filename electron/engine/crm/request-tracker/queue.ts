import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callRt } from './call-rt.ts';
import { neededFields } from './custom-fields.ts';

export interface Queue {
  readonly id: string;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly missingFields: readonly { readonly name: string; readonly place: 'ticket' | 'transaction' }[];
  readonly adminCc: readonly string[];
}

/** Looks the queue of the connection up: does it exist for us, and does it have our fields? */
export async function readQueue(context: ConnectorContext): Promise<Queue> {
  const name = queueName(context);
  const body = asRecord((await callRt(context, 'GET', `/queue/${encodeURIComponent(name)}`)).body);
  const onTickets = fieldNames(body['TicketCustomFields']);
  const onTransactions = fieldNames(body['TicketTransactionCustomFields']);
  return {
    id: asText(body['id']),
    name: asText(body['Name']) || name,
    isDisabled: asText(body['Disabled']) === '1',
    missingFields: neededFields.filter((field) => !(field.place === 'ticket' ? onTickets : onTransactions).has(field.name)),
    adminCc: asArray(body['AdminCc']).map((watcher) => asText(asRecord(watcher)['id'])).filter((id) => id !== ''),
  };
}

/**
 * RT writes a ticket without the fields it does not know and says nothing, and then we could never find it again.
 * So the queue is looked at before the first ticket.
 */
export async function requireQueue(context: ConnectorContext): Promise<void> {
  const memoryName = `queue ${queueName(context)}`;
  if (context.memory.has(memoryName)) return;
  const queue = await readQueue(context);
  if (queue.missingFields.length > 0) {
    throw new Permanent('setup-incomplete', { detail: queue.missingFields.map((field) => field.name).join(', ') });
  }
  context.memory.set(memoryName, true);
}

export const queueName = (context: ConnectorContext): string => (context.values['queue'] ?? '').trim() || 'General';

const fieldNames = (fields: unknown): ReadonlySet<string> =>
  new Set(asArray(fields).map((field) => asText(asRecord(field)['name'])));
