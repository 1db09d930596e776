import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { callEspo, idOf } from './call-espo.ts';
import { placeOf } from './keyed-records.ts';

const mostOpen = 10;

/** What may stand below a contact, by the link that leads there. */
interface Below {
  readonly link: 'cases' | 'opportunities';
  readonly entity: 'Case' | 'Opportunity';
  readonly statusField: 'status' | 'stage';
}

const cases: Below = { link: 'cases', entity: 'Case', statusField: 'status' };
const opportunities: Below = { link: 'opportunities', entity: 'Opportunity', statusField: 'stage' };

/** A contact with its open cases and opportunities, or a case with its status and priority; and whose it is. */
export const readEspoRecord = (context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> => (ref.kind === 'case' ? readCase(context, ref) : readContact(context, ref));

async function readCase(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const row = asRecord(await callEspo(context, 'GET', placeOf(ref)));
  const [owner, priority] = [asText(row['assignedUserName']), asText(row['priority'])];
  return { name: asText(row['name']), ...(owner === '' ? {} : { owner }), status: asText(row['status']), ...(priority === '' ? {} : { priority }) };
}

async function readContact(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const contact = asRecord(await callEspo(context, 'GET', `/Contact/${idOf(ref.id)}`));
  const owner = asText(contact['assignedUserName']);
  return {
    name: asText(contact['name']),
    ...(owner === '' ? {} : { owner }),
    openTickets: [...(await openOf(context, ref, cases)), ...(await openOf(context, ref, opportunities))],
  };
}

/** What counts as open is the company's own choice: EspoCRM's filter of that name knows (`PrimaryFilters\Open`). */
const openOf = (context: ConnectorContext, contact: RemoteRef, { link, entity, statusField }: Below): Promise<NonNullable<RecordFacts['openTickets']>> =>
  unlessRefused([], async () => {
    const query = `primaryFilter=open&select=id,name,${statusField}&maxSize=${mostOpen}&offset=0`;
    const answer = asRecord(await callEspo(context, 'GET', `/Contact/${idOf(contact.id)}/${link}?${query}`));
    const base = checkServerUrl(context.values['url'] ?? '', { allowsPlainHttp: true });
    return asArray(answer['list']).map(asRecord).map((row) => ({
      title: asText(row['name']),
      status: asText(row[statusField]),
      url: `${base}/#${entity}/view/${idOf(row['id'])}`,
    }));
  });
