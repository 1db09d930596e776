import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContainerDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { addItem, listGlpi, numberOf, purgeItem, readItem } from './call-glpi.ts';
import { richText } from './rich-text.ts';

const phoneFields = ['phone', 'phone2', 'mobile'] as const;
const mostPeople = 10;
const mostTickets = 10;
/** Solved and closed (CommonITILObject). */
const endedStates: ReadonlySet<string> = new Set(['5', '6']);
const requester = '1';

/** Open tickets that somebody with one of the numbers or addresses has asked for. */
export async function findTickets(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const people = new Map<number, PersonIdentifier[]>();
  for (const identifier of query.identifiers) {
    for (const { user, has } of await peopleWith(context, identifier)) people.set(user, [...(people.get(user) ?? []), has]);
  }
  const found: Candidate[] = [];
  for (const [user, identifiers] of [...people].slice(0, mostPeople)) {
    for (const ticket of await openTicketsOf(context, user)) {
      const ref = toRef(ticket);
      found.push({ ref, title: ref.title ?? '', subtitle: `#${ref.id}`, identifiers });
    }
  }
  return found;
}

async function peopleWith(context: ConnectorContext, { kind, value }: PersonIdentifier): Promise<readonly { user: number; has: PersonIdentifier }[]> {
  if (kind === 'email') {
    const rows = await search(context, 'UserEmail', 'email', value);
    return rows.map((row) => ({ user: numberOf(row['users_id']), has: { kind, value: asText(row['email']) } }));
  }
  if (kind !== 'phone') return [];
  const people: { user: number; has: PersonIdentifier }[] = [];
  for (const written of new Set([value, parsePhoneNumberFromString(value)?.formatInternational() ?? value])) {
    for (const field of phoneFields) {
      for (const row of await search(context, 'User', field, written)) people.push({ user: numberOf(row['id']), has: { kind, value: asText(row[field]) } });
    }
  }
  return people;
}

const search = (context: ConnectorContext, itemtype: string, field: string, value: string): Promise<readonly JsonRecord[]> =>
  listGlpi(context, `/${itemtype}?searchText[${field}]=${encodeURIComponent(value)}`, 100);

async function openTicketsOf(context: ConnectorContext, user: number): Promise<readonly JsonRecord[]> {
  const links = await listGlpi(context, `/User/${user}/Ticket_User`);
  const ids = links.filter((link) => asText(link['type']) === requester).map((link) => numberOf(link['tickets_id']));
  const open: JsonRecord[] = [];
  for (const id of [...new Set(ids)].sort((a, b) => b - a).slice(0, mostTickets)) {
    const ticket = await readItem(context, 'Ticket', id);
    if (!endedStates.has(asText(ticket['status'])) && asText(ticket['is_deleted']) !== '1') open.push(ticket);
  }
  return open;
}

/** Our key stands in the description: no field of tickets is there for it in every version. What comes back is read again. */
export async function ticketsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const rows = await listGlpi(context, `/Ticket?searchText[content]=${encodeURIComponent(descriptionMark(key))}`);
  return rows
    .filter((row) => asText(row['content']).includes(descriptionMark(key)) && asText(row['is_deleted']) !== '1')
    .map(toRef)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

/** Nobody is its requester, and nobody is told: GLPI would mail the customer otherwise. */
export async function createTicket(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<RemoteRef> {
  const name = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const about = [draft.contactName, ...draft.identifiers.map(({ value }) => value)].map((one) => cleanLine(one, 200));
  const content = richText([...new Set(about), descriptionMark(key)].join('\n'));
  const id = await addItem(context, 'Ticket', { name, content, _users_id_requester: 0, _disablenotif: true });
  return { role: 'container', kind: 'ticket', id: String(id), title: name };
}

export async function withdrawTicket(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const ticket = await readItem(context, 'Ticket', numberOf(ref.id));
  if (!asText(ticket['content']).includes(descriptionMark(key))) throw new Permanent('rejected', { detail: `ticket ${ref.id} does not carry our key` });
  await purgeItem(context, 'Ticket', numberOf(ref.id));
}

export async function isTicketGone(context: ConnectorContext, ref: RemoteRef): Promise<boolean> {
  try {
    return asText((await readItem(context, 'Ticket', numberOf(ref.id)))['is_deleted']) === '1';
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return true;
    throw error;
  }
}

const descriptionMark = (key: string): string => `[ref:${key}]`;

const toRef = (ticket: JsonRecord): RemoteRef => ({
  role: 'container',
  kind: 'ticket',
  id: String(numberOf(ticket['id'])),
  title: asText(ticket['name']),
});
