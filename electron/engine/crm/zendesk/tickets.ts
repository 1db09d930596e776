import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContainerDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Conflict, Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callZendesk, listOf } from './call-zendesk.ts';

const maxUsers = 5;
const openStates: ReadonlySet<unknown> = new Set(['new', 'open', 'pending', 'hold']);

/** Open tickets of users with one of the numbers or addresses. */
export async function findTickets(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const users = new Map<string, JsonRecord>();
  for (const { kind, value } of query.identifiers.filter((one) => one.kind !== 'handle')) {
    const search = new URLSearchParams({ query: `${kind}:"${value.replaceAll('"', '')}"` });
    const { data } = await callZendesk(context, 'GET', `/users/search?${search.toString()}`);
    for (const user of asArray(data['users']).map(asRecord)) users.set(numberOf(user['id']), user);
  }
  const found: Candidate[] = [];
  for (const [id, user] of [...users].slice(0, maxUsers)) {
    const tickets = await listOf(context, `/users/${id}/tickets/requested`, 'tickets');
    found.push(...tickets.filter((ticket) => openStates.has(ticket['status'])).map((ticket) => toCandidate(ticket, user)));
  }
  return found;
}

function toCandidate(ticket: JsonRecord, user: JsonRecord): Candidate {
  const identifiers: PersonIdentifier[] = [];
  const [phone, email] = [asText(user['phone']), asText(user['email'])];
  if (phone !== '') identifiers.push({ kind: 'phone', value: phone });
  if (email !== '') identifiers.push({ kind: 'email', value: email });
  const subtitle = `#${asText(ticket['id'])} · ${asText(ticket['status'])} · ${asText(user['name'])}`;
  return { ref: ticketRef(ticket), title: asText(ticket['subject']), subtitle, identifiers };
}

export async function ticketsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const tickets = await listOf(context, `/tickets?external_id=${encodeURIComponent(key)}`, 'tickets');
  const ours = tickets.filter((ticket) => ticket['external_id'] === key);
  if (ours.length < tickets.length) throw new Permanent('server-incompatible', { detail: 'tickets are not filtered by external_id' });
  return ours.map(ticketRef).sort((a, b) => Number(a.id) - Number(b.id));
}

/** Words by which Zendesk refuses a key that came with another text before. */
const isOtherText = (error: unknown): boolean => error instanceof Permanent && (error.more.detail ?? '').includes('IdempotentRequestError');

/**
 * A ticket of the agent who is signed in: a customer as requester would be mailed by the triggers of a fresh Zendesk.
 *
 * For two hours Zendesk answers the same Idempotency-Key with the ticket it made the first time, on whatever device.
 * @throws Conflict when it was made before
 */
export async function createTicket(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<RemoteRef> {
  const subject = cleanLine(`${draft.networkName}: ${draft.title}`, 150);
  const comment = { body: subject, public: false };
  const json = { ticket: { subject, comment, external_id: key, tags: ['palomar'] } };
  let idempotencyKey = key;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const { data, headers } = await callZendesk(context, 'POST', '/tickets', { json, headers: { 'idempotency-key': idempotencyKey } });
      const made = { ...ticketRef(asRecord(data['ticket'])), title: subject };
      if (headers.get('x-idempotency-lookup') !== 'hit') return made;
      if ((await ticketsByKey(context, key)).length > 0) throw new Conflict({ detail: `ticket ${made.id}` });
      // That one was deleted since.
      idempotencyKey = `${key}-after-${made.id}`;
    } catch (error) {
      throw isOtherText(error) ? new Conflict({ detail: 'Idempotency-Key' }) : error;
    }
  }
  throw new Permanent('rejected', { detail: 'the ticket was deleted again and again' });
}

const ticketRef = (ticket: JsonRecord): RemoteRef => ({ role: 'container', kind: 'ticket', id: numberOf(ticket['id']), title: asText(ticket['subject']) });
