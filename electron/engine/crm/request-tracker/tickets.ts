import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContainerDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callRt, quoteSql } from './call-rt.ts';
import { customFields } from './custom-fields.ts';
import { queueName, requireQueue } from './queue.ts';

const ticketFields = 'fields=Subject,Status,CustomFields,Requestor&fields[Requestor]=EmailAddress,Name&per_page=50';

/** Open tickets with the caller's number or of a requestor with the address. */
export async function findTickets(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const clauses = query.identifiers.flatMap(({ kind, value }) => {
    if (kind === 'phone') return [`'CF.{${customFields.phone}}' = ${quoteSql(value)}`];
    return kind === 'email' ? [`Requestor.EmailAddress = ${quoteSql(value)}`] : [];
  });
  if (clauses.length === 0) return [];
  const rows = await searchTickets(context, `(${clauses.join(' OR ')}) AND Status = '__Active__'`);
  return rows.map(toCandidate);
}

export async function ticketsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const rows = await searchTickets(context, `'CF.{${customFields.pushRef}}' = ${quoteSql(key)}`);
  return rows
    .filter((row) => fieldValues(row, customFields.pushRef).includes(key) && row['Status'] !== 'deleted')
    .map(toRef)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

/** Without a requestor: RT's default scrip would mail the customer "we have received your request". */
export async function createTicket(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<RemoteRef> {
  await requireQueue(context);
  const phone = draft.identifiers.find(({ kind }) => kind === 'phone')?.value;
  const subject = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const { body } = await callRt(context, 'POST', '/ticket', {
    Queue: queueName(context),
    Subject: subject,
    CustomFields: { [customFields.pushRef]: key, ...(phone === undefined ? {} : { [customFields.phone]: phone }) },
  });
  const id = asText(asRecord(body)['id']);
  if (!/^\d+$/.test(id)) throw new Permanent('server-incompatible', { detail: 'no id for the new ticket' });
  return { role: 'container', kind: 'ticket', id, title: subject };
}

/** RT keeps tickets for ever; `deleted` is the state that hides them. */
export async function withdrawTicket(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const row = asRecord((await callRt(context, 'GET', `/ticket/${Number(ref.id)}`)).body);
  if (!fieldValues(row, customFields.pushRef).includes(key)) {
    throw new Permanent('rejected', { detail: `ticket ${ref.id} does not carry our key` });
  }
  await callRt(context, 'PUT', `/ticket/${Number(ref.id)}`, { Status: 'deleted' });
}

export async function isTicketGone(context: ConnectorContext, ref: RemoteRef): Promise<boolean> {
  try {
    return asText(asRecord((await callRt(context, 'GET', `/ticket/${Number(ref.id)}`)).body)['Status']) === 'deleted';
  } catch (error) {
    if (error instanceof Permanent && (error.code === 'record-gone' || error.code === 'forbidden')) return true;
    throw error;
  }
}

export function fieldValues(row: JsonRecord, name: string): readonly string[] {
  return asArray(row['CustomFields'])
    .map(asRecord)
    .filter((field) => field['name'] === name)
    .flatMap((field) => asArray(field['values']).map(asText));
}

async function searchTickets(context: ConnectorContext, query: string): Promise<readonly JsonRecord[]> {
  const { body } = await callRt(context, 'GET', `/tickets?query=${encodeURIComponent(query)}&${ticketFields}`);
  return asArray(asRecord(body)['items']).map(asRecord);
}

function toCandidate(row: JsonRecord): Candidate {
  const phones = fieldValues(row, customFields.phone).map((value): PersonIdentifier => ({ kind: 'phone', value }));
  const emails = asArray(row['Requestor'])
    .map((requestor): PersonIdentifier => ({ kind: 'email', value: asText(asRecord(requestor)['EmailAddress']) }))
    .filter(({ value }) => value !== '');
  const ref = toRef(row);
  return {
    ref,
    title: ref.title ?? '',
    subtitle: `Ticket ${ref.id} · ${asText(row['Status'])}`,
    identifiers: [...phones, ...emails],
  };
}

const toRef = (row: JsonRecord): RemoteRef => ({
  role: 'container',
  kind: 'ticket',
  id: asText(row['id']),
  title: asText(row['Subject']),
});
