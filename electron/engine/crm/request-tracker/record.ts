import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callRt } from './call-rt.ts';

/**
 * The ticket as it stands. Its status can be changed only where nobody has asked for it (Requestor, Cc): RT's default
 * scrips mail them when a ticket is resolved. Deleting is not among the choices.
 */
export async function readTicket(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const row = await ticketRow(context, ref);
  const status = asText(row['Status']);
  if (status === 'deleted') throw new Permanent('record-gone', { detail: `ticket ${ref.id}` });
  const isWatched = asArray(row['Requestor']).length + asArray(row['Cc']).length > 0;
  const reachable = asArray(row['_hyperlinks'])
    .map(asRecord)
    .filter((link) => link['ref'] === 'lifecycle')
    .map((link) => asText(link['to']))
    .filter((to) => to !== '' && to !== status && to !== 'deleted');
  const owner = asText(asRecord(row['Owner'])['id']);
  return {
    name: asText(row['Subject']),
    status,
    priority: priorityOf(row),
    ...(owner === '' || owner === 'Nobody' ? {} : { owner }),
    ...(isWatched ? {} : { statusChoices: [...new Set(reachable)], priorityChoices: [...priorities.keys()].filter((name) => name !== priorityOf(row)) }),
  };
}

export const changeTicket: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  const name = field === 'status' ? 'Status' : 'Priority';
  await callRt(context, 'PUT', `/ticket/${Number(ref.id)}`, { [name]: field === 'status' ? value : (priorities.get(value) ?? 0) });
  // Refusals of single fields come as words in an answer of 200: what counts is what stands there now.
  const after = await ticketRow(context, ref);
  const now = field === 'status' ? asText(after['Status']) : priorityOf(after);
  if (now !== value) throw new Permanent('rejected', { detail: `${name} is ${now}` });
};

const ticketRow = async (context: ConnectorContext, ref: RemoteRef): Promise<JsonRecord> =>
  asRecord((await callRt(context, 'GET', `/ticket/${Number(ref.id)}`)).body);

/** The words RT 5 has for its numbers unless an administrator changed them (`%PriorityAsString` in RT_Config). */
const priorities: ReadonlyMap<string, number> = new Map([['Low', 0], ['Medium', 50], ['High', 100]]);

const priorityOf = (row: JsonRecord): string => {
  const number = asText(row['Priority']);
  return [...priorities].find(([, known]) => String(known) === number)?.[0] ?? number;
};
