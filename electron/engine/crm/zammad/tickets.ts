import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContainerDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callZammad } from './call-zammad.ts';
import { internalNote } from './articles.ts';

/** The attribute of tickets that an administrator adds once; its name is part of the set-up in the README. */
export const keyAttribute = 'palomar_key';

const maxCustomers = 10;
const endedStates: ReadonlySet<string> = new Set(['closed', 'merged', 'removed']);

/** Open tickets of customers with one of the identifiers. */
export async function findTickets(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const customers = new Map<string, JsonRecord>();
  for (const words of query.identifiers.flatMap(searchWords)) {
    for (const user of await searchUsers(context, words)) customers.set(numberOf(user['id']), user);
  }
  const found: Candidate[] = [];
  for (const [id, user] of [...customers].slice(0, maxCustomers)) {
    const tickets = await ticketsWhere(context, 'ticket.customer_id', { operator: 'is', pre_condition: 'specific', value: id });
    for (const ticket of tickets.filter((one) => asText(one['customer_id']) === id && !endedStates.has(asText(one['state'])))) {
      found.push(toCandidate(ticket, user));
    }
  }
  return found;
}

/** As people type numbers: the index knows words, not numbers. The core compares what comes back. */
function searchWords({ kind, value }: PersonIdentifier): readonly string[] {
  if (kind !== 'phone') return kind === 'email' ? [value] : [];
  const spaced = parsePhoneNumberFromString(value)?.formatInternational() ?? value;
  return [...new Set([value, spaced])];
}

async function searchUsers(context: ConnectorContext, words: string): Promise<readonly JsonRecord[]> {
  const phrase = `"${words.replace(/["\\]/g, ' ')}"`;
  return asArray(await callZammad(context, 'GET', `/users/search?query=${encodeURIComponent(phrase)}&limit=${maxCustomers}`)).map(asRecord);
}

/** @throws Permanent `setup-incomplete` when the server does not filter by our attribute: then we would write everything twice */
export async function ticketsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const tickets = await ticketsWhere(context, `ticket.${keyAttribute}`, { operator: 'is', value: key });
  if (tickets.some((ticket) => ticket[keyAttribute] !== key)) throw new Permanent('setup-incomplete', { detail: keyAttribute });
  return tickets.map(toRef).sort((a, b) => Number(a.id) - Number(b.id));
}

/** A search by condition asks the database; one by words asks an index that is seconds behind. */
async function ticketsWhere(context: ConnectorContext, attribute: string, condition: JsonRecord): Promise<readonly JsonRecord[]> {
  const found = await callZammad(context, 'POST', '/tickets/search?expand=true', { condition: { [attribute]: condition }, limit: 50 });
  if (!Array.isArray(found)) throw new Permanent('server-incompatible', { detail: 'a search for tickets brought no list' });
  return asArray(found).map(asRecord);
}

/** The customer of the ticket is our own user: whatever triggers a company has, they reach no customer. */
export async function createTicket(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<RemoteRef> {
  const title = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const created = asRecord(
    await callZammad(context, 'POST', '/tickets', {
      title,
      group: (context.values['group'] ?? '').trim(),
      customer_id: Number(await ownUserId(context)),
      [keyAttribute]: key,
      article: internalNote(title),
    }),
  );
  // Unknown attributes are left out without a word, and then nobody finds it again.
  if (created[keyAttribute] !== key) throw new Permanent('setup-incomplete', { detail: keyAttribute });
  return toRef(created);
}

async function ownUserId(context: ConnectorContext): Promise<string> {
  const known = context.memory.get('user');
  if (typeof known === 'string') return known;
  const id = numberOf(asRecord(await callZammad(context, 'GET', '/users/me'))['id']);
  context.memory.set('user', id);
  return id;
}

/** Only administrators may delete tickets; from others it is closed, without our key. */
export async function withdrawTicket(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/tickets/${numberOf(ref.id)}`;
  const ticket = asRecord(await callZammad(context, 'GET', place));
  if (ticket[keyAttribute] !== key) throw new Permanent('rejected', { detail: `ticket ${ref.id} does not carry our key` });
  try {
    await callZammad(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'forbidden') throw error;
    await callZammad(context, 'PUT', place, { [keyAttribute]: '', state: 'closed' });
  }
}

function toCandidate(ticket: JsonRecord, user: JsonRecord): Candidate {
  const identifiers = (['phone', 'mobile', 'email'] as const).flatMap((field): PersonIdentifier[] => {
    const value = asText(user[field]);
    return value === '' ? [] : [{ kind: field === 'email' ? 'email' : 'phone', value }];
  });
  const name = [asText(user['firstname']), asText(user['lastname'])].join(' ').trim();
  return {
    ref: toRef(ticket),
    title: asText(ticket['title']),
    subtitle: [`#${asText(ticket['number'])}`, asText(ticket['state']), name].filter((word) => word !== '').join(' · '),
    identifiers,
  };
}

const toRef = (ticket: JsonRecord): RemoteRef => ({
  role: 'container',
  kind: 'ticket',
  id: numberOf(ticket['id']),
  title: asText(ticket['title']),
});
