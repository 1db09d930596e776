import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { keyPattern } from '../core/keys.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callZendesk } from './call-zendesk.ts';

/** Not `new`, which nothing becomes again, nor `closed`, after which nobody can write; `hold` is not in every company. */
const statuses = ['open', 'pending', 'solved'] as const;
const priorities = ['low', 'normal', 'high', 'urgent'] as const;

/**
 * The ticket as it stands. It can be changed only when it carries our key: then its requester is an agent. The triggers of a
 * fresh Zendesk mail requesters.
 */
export async function readTicket(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const { data } = await callZendesk(context, 'GET', `/tickets/${numberOf(ref.id)}?include=users`);
  const ticket = asRecord(data['ticket']);
  const [status, priority] = [asText(ticket['status']), asText(ticket['priority'])];
  if (status === 'deleted') throw new Permanent('record-gone', { detail: `ticket ${ref.id}` });
  const assignee = asArray(data['users']).map(asRecord).find(({ id }) => id !== undefined && id === ticket['assignee_id']);
  const owner = asText(assignee?.['name']);
  const canChange = keyPattern.test(asText(ticket['external_id'])) && status !== 'closed';
  return {
    name: asText(ticket['subject']),
    status,
    priority,
    ...(owner === '' ? {} : { owner }),
    ...(canChange ? { statusChoices: statuses.filter((one) => one !== status), priorityChoices: priorities.filter((one) => one !== priority) } : {}),
  };
}

export const changeTicket: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  await callZendesk(context, 'PUT', `/tickets/${numberOf(ref.id)}`, { json: { ticket: { [field]: value } } });
};
