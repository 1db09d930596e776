import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { hasFileMarker } from '../core/file-marker.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { textOfHtml } from '../text/html-note.ts';
import { callFreshdesk } from './call-freshdesk.ts';

/** https://developers.freshdesk.com/api/#ticket_attributes; companies add statuses above, which have a number only. */
const statuses: ReadonlyMap<string, number> = new Map([['Open', 2], ['Pending', 3], ['Resolved', 4], ['Closed', 5]]);
const priorities: ReadonlyMap<string, number> = new Map([['Low', 1], ['Medium', 2], ['High', 3], ['Urgent', 4]]);

/** The ticket as it stands. It can be changed only when it is ours: then its requester has no address that could be mailed. */
export async function readTicket(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const ticket = asRecord((await callFreshdesk(context, 'GET', `/tickets/${numberOf(ref.id)}`)).data);
  if (ticket['deleted'] === true) throw new Permanent('record-gone', { detail: `ticket ${ref.id}` });
  const [status, priority] = [nameIn(statuses, ticket['status']), nameIn(priorities, ticket['priority'])];
  const owner = await ownerOf(context, ticket);
  const isOurs = hasFileMarker(textOfHtml(asText(ticket['description'])));
  return {
    name: asText(ticket['subject']),
    status,
    priority,
    ...(owner === '' ? {} : { owner }),
    ...(isOurs ? { statusChoices: without(statuses, status), priorityChoices: without(priorities, priority) } : {}),
  };
}

export const changeTicket: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  const chosen = (field === 'status' ? statuses : priorities).get(value);
  if (chosen === undefined) throw new Permanent('rejected', { detail: `${field} ${value}` });
  await callFreshdesk(context, 'PUT', `/tickets/${numberOf(ref.id)}`, { json: { [field]: chosen } });
};

/** Not every agent may look up others. */
async function ownerOf(context: ConnectorContext, ticket: JsonRecord): Promise<string> {
  if (asText(ticket['responder_id']) === '') return '';
  try {
    const agent = asRecord((await callFreshdesk(context, 'GET', `/agents/${numberOf(ticket['responder_id'])}`)).data);
    return asText(asRecord(agent['contact'])['name']);
  } catch (error) {
    if (error instanceof Permanent && (error.code === 'forbidden' || error.code === 'record-gone')) return '';
    throw error;
  }
}

const nameIn = (names: ReadonlyMap<string, number>, value: unknown): string => [...names].find(([, number]) => number === value)?.[0] ?? asText(value);
const without = (names: ReadonlyMap<string, number>, current: string): readonly string[] => [...names.keys()].filter((name) => name !== current);
