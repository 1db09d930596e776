import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { keyPattern } from '../core/keys.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callZammad } from './call-zammad.ts';
import { keyAttribute } from './tickets.ts';

/** States of these kinds stand alone; a pending one wants a time, and merged ones are for merging. */
const plainKinds: ReadonlySet<string> = new Set(['new', 'open', 'closed']);

/** The ticket as it stands. It can be changed only when it carries our key: then its customer is our own user, whom triggers may mail. */
export async function readTicket(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const ticket = asRecord(await callZammad(context, 'GET', `/tickets/${numberOf(ref.id)}?expand=true`));
  const [status, priority, owner] = [asText(ticket['state']), asText(ticket['priority']), asText(ticket['owner'])];
  const isOurs = keyPattern.test(asText(ticket[keyAttribute]));
  return {
    name: asText(ticket['title']),
    status,
    priority,
    ...(owner === '' || owner === '-' ? {} : { owner }),
    ...(isOurs
      ? {
          statusChoices: (await namesOf(context, '/ticket_states', ({ state_type: kind }) => plainKinds.has(asText(kind)))).filter((name) => name !== status),
          priorityChoices: (await namesOf(context, '/ticket_priorities', () => true)).filter((name) => name !== priority),
        }
      : {}),
  };
}

export const changeTicket: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  await callZammad(context, 'PUT', `/tickets/${numberOf(ref.id)}`, { [field === 'status' ? 'state' : 'priority']: value });
};

async function namesOf(context: ConnectorContext, path: string, isWanted: (row: Readonly<Record<string, unknown>>) => boolean): Promise<readonly string[]> {
  const rows = asArray(await callZammad(context, 'GET', `${path}?expand=true`)).map(asRecord);
  return rows.filter((row) => row['active'] !== false && isWanted(row)).map((row) => asText(row['name'])).filter((name) => name !== '');
}
