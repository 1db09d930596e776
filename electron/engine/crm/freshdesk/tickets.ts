import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContainerDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { carriesFileMarker, formatFileMarker } from '../core/file-marker.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';
import { callFreshdesk, listOf } from './call-freshdesk.ts';
import { contactByKey, ensureRequester, findContacts } from './contacts.ts';

const maxContacts = 5;
/** 2 open, 3 pending; 4 resolved and 5 closed are over. Companies add more above. */
const overStates: ReadonlySet<unknown> = new Set([4, 5]);

/** Tickets that are not over, of contacts with one of the numbers or addresses. */
export async function findTickets(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const contact of (await findContacts(context, query)).slice(0, maxContacts)) {
    const tickets = await ticketsOf(context, numberOf(contact['id']));
    found.push(...tickets.filter((ticket) => !overStates.has(ticket['status'])).map((ticket) => toCandidate(ticket, contact)));
  }
  return found;
}

function toCandidate(ticket: JsonRecord, contact: JsonRecord): Candidate {
  const identifiers = (['phone', 'mobile', 'email'] as const)
    .map((field): PersonIdentifier => ({ kind: field === 'email' ? 'email' : 'phone', value: asText(contact[field]) }))
    .filter(({ value }) => value !== '');
  return { ref: ticketRef(ticket), title: asText(ticket['subject']), subtitle: `#${asText(ticket['id'])} · ${asText(contact['name'])}`, identifiers };
}

/** Tickets of our contact whose text ends with our key; a search would not know the newest ones. */
export async function ticketsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const requester = await contactByKey(context, key);
  if (requester === null) return [];
  return (await ticketsOf(context, requester))
    .filter((ticket) => carriesFileMarker(textOfHtml(asText(ticket['description'])), key))
    .map(ticketRef)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

/** Without `updated_since`, Freshdesk lists the last 30 days only. */
async function ticketsOf(context: ConnectorContext, requester: string): Promise<readonly JsonRecord[]> {
  const rows = await listOf(context, `/tickets?requester_id=${requester}&updated_since=2000-01-01T00:00:00Z&include=description`);
  return rows.filter((ticket) => asText(ticket['requester_id']) === requester && ticket['deleted'] !== true && ticket['spam'] !== true);
}

export async function createTicket(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<RemoteRef> {
  const requester = await ensureRequester(context, draft, key);
  const subject = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const description = htmlOfText(`${subject}\n${formatFileMarker(key)}`);
  // Open, low, by chat: https://developers.freshdesk.com/api/#ticket_attributes
  const json = { requester_id: Number(requester), subject, description, status: 2, priority: 1, source: 7, tags: ['palomar'] };
  return { ...ticketRef(asRecord((await callFreshdesk(context, 'POST', '/tickets', { json })).data)), title: subject };
}

/** Deletes it, or, where that right is missing, takes our key off it: an empty ticket stays. */
export async function withdrawTicket(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/tickets/${numberOf(ref.id)}`;
  try {
    const ticket = asRecord((await callFreshdesk(context, 'GET', place)).data);
    if (ticket['deleted'] === true) return;
    if (!carriesFileMarker(textOfHtml(asText(ticket['description'])), key)) throw new Permanent('rejected', { detail: `ticket ${ref.id} does not carry our key` });
    await deleteOrUnmark(context, place, ticket);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

async function deleteOrUnmark(context: ConnectorContext, place: string, ticket: JsonRecord): Promise<void> {
  try {
    await callFreshdesk(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'forbidden') throw error;
    await callFreshdesk(context, 'PUT', place, { json: { description: htmlOfText(asText(ticket['subject'])) } });
  }
}

const ticketRef = (ticket: JsonRecord): RemoteRef => ({ role: 'container', kind: 'ticket', id: numberOf(ticket['id']), title: asText(ticket['subject']) });
