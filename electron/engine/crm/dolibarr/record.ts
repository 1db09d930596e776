import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { AuthNeeded } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { callDolibarr, listDolibarr, numberOf } from './call-dolibarr.ts';
import { readContact, toRef } from './contacts.ts';

const mostTickets = 10;
/** Of tickets (Ticket::STATUS_…), as its pages call them; from 8 on they are closed. */
const statusNames: Readonly<Record<string, string>> = { 0: 'Unread', 1: 'Read', 2: 'Assigned', 3: 'In progress', 5: 'Waiting for feedback', 7: 'On hold' };
const firstClosed = 8;

/** The contact; of its firm those who sell to it, and the open tickets. Tickets name a firm there, not a person of it. */
export async function readFacts(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const contact = await readContact(context, ref.id);
  const name = toRef(contact).title ?? '';
  const firm = asText(contact['socid']);
  if (!/^[1-9]\d*$/.test(firm)) return { name };
  const owner = await sellersOf(context, numberOf(firm));
  return { name, ...(owner === '' ? {} : { owner }), openTickets: await ticketsOf(context, numberOf(firm)) };
}

const sellersOf = (context: ConnectorContext, firm: string): Promise<string> =>
  unlessHidden('', async () => {
    const users = asArray(await callDolibarr(context, 'GET', `/thirdparties/${firm}/representatives`)).map(asRecord);
    return users.map((user) => [asText(user['firstname']), asText(user['lastname'])].filter((part) => part !== '').join(' ')).join(', ');
  });

const ticketsOf = (context: ConnectorContext, firm: string): Promise<NonNullable<RecordFacts['openTickets']>> =>
  unlessHidden([], async () => {
    const rows = await listDolibarr(context, '/tickets', `(t.fk_soc:=:${firm}) and (t.fk_statut:<:${firstClosed})`, { limit: mostTickets });
    const base = checkServerUrl(context.values['url'] ?? '', { allowsPlainHttp: true });
    return rows.map((row) => {
      const status = asText(row['status']) || asText(row['fk_statut']);
      return { title: asText(row['subject']), status: statusNames[status] ?? status, url: `${base}/ticket/card.php?id=${numberOf(row['id'])}` };
    });
  });

/** Before version 20 a missing right is answered with 401, as a wrong key is; this key has just read the contact. */
const unlessHidden = <Found>(otherwise: Found, ask: () => Promise<Found>): Promise<Found> =>
  unlessRefused(otherwise, async () => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof AuthNeeded) return otherwise;
      throw error;
    }
  });
