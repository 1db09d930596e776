import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { Permanent } from '../errors.ts';
import { asArray, asText } from '../http/json-value.ts';
import { textOfHtml } from '../text/html-note.ts';
import { callSuite, idOf, toRecord } from './call-suite.ts';
import { toRef } from './contacts.ts';
import { readLiving } from './own-ids.ts';
import { pageOf } from './place.ts';

/** The API lists the ids of all cases of a contact, in no order and without their fields; each is one request more. */
const mostAsked = 20;
const mostOpen = 10;

/** The contact, whose it is, and its open cases, looked for among the first twenty that the API names. */
export async function readContact(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const contact = await readLiving(context, 'Contacts', idOf(ref.id));
  if (contact === null) throw new Permanent('record-gone', { detail: `contact ${ref.id}` });
  const owner = textOfHtml(asText(contact.attributes['assigned_user_name']));
  return { name: toRef(contact).title ?? '', ...(owner === '' ? {} : { owner }), openTickets: await casesOf(context, contact.id) };
}

/** None where the role may not see cases. */
const casesOf = (context: ConnectorContext, contactId: string): Promise<NonNullable<RecordFacts['openTickets']>> =>
  unlessRefused([], async () => {
    const { data } = await callSuite(context, 'GET', `/module/Contacts/${contactId}/relationships/cases`);
    const open: NonNullable<RecordFacts['openTickets']>[number][] = [];
    for (const { id } of asArray(data).slice(0, mostAsked).map(toRecord)) {
      if (open.length === mostOpen) break;
      const fields = `${encodeURIComponent('fields[Cases]')}=name,state,status`;
      const { attributes } = toRecord((await callSuite(context, 'GET', `/module/Cases/${id}?${fields}`))['data']);
      if (asText(attributes['state']) === 'Closed') continue;
      open.push({ title: textOfHtml(asText(attributes['name'])), status: statusName(asText(attributes['status'])), url: pageOf(context.values, 'Cases', id) });
    }
    return open;
  });

/** `Open_Pending Input` → `Pending Input`, as it stands on the page: the state is a part of the value. */
const statusName = (value: string): string => value.replace(/^(?:Open|Closed)_/, '');
