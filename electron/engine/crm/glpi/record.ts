import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { callGlpi, listGlpi, numberOf, readItem } from './call-glpi.ts';

/** CommonITILObject of GLPI, in the words of its own pages in English. */
const statuses: ReadonlyMap<string, string> = new Map([
  ['1', 'New'],
  ['2', 'Processing (assigned)'],
  ['3', 'Processing (planned)'],
  ['4', 'Pending'],
  ['5', 'Solved'],
  ['6', 'Closed'],
]);
const priorities: ReadonlyMap<string, string> = new Map([['1', 'Very low'], ['2', 'Low'], ['3', 'Medium'], ['4', 'High'], ['5', 'Very high'], ['6', 'Major']]);
/** What GLPI lets one set: new and planned follow from what else stands there, and a ticket is closed by who asked for it. */
const settable: readonly string[] = ['2', '4', '5'];
/** Given only to urgent matters by an administrator's matrix. */
const major = '6';
const assigned = '2';

/** The ticket as it stands. Nobody is told of a change: it says `_disablenotif`. */
export async function readTicket(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const ticket = await readItem(context, 'Ticket', numberOf(ref.id));
  if (asText(ticket['is_deleted']) === '1') throw new Permanent('record-gone', { detail: `ticket ${ref.id}` });
  const [status, priority] = [asText(ticket['status']), asText(ticket['priority'])];
  const owner = await ownerOf(context, ref);
  return {
    name: asText(ticket['name']),
    status: statuses.get(status) ?? status,
    priority: priorities.get(priority) ?? priority,
    ...(owner === '' ? {} : { owner }),
    statusChoices: settable.filter((one) => one !== status).map((one) => statuses.get(one) ?? one),
    priorityChoices: [...priorities].filter(([one]) => one !== priority && one !== major).map(([, name]) => name),
  };
}

export const changeTicket: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  const chosen = [...(field === 'status' ? statuses : priorities)].find(([, name]) => name === value)?.[0];
  if (chosen === undefined) throw new Permanent('rejected', { detail: `${field} ${value}` });
  const id = numberOf(ref.id);
  await callGlpi(context, 'PUT', `/Ticket/${id}`, { json: { input: { [field]: Number(chosen), _disablenotif: true } } });
  // What the profile does not allow is left out without a word.
  const after = asText((await readItem(context, 'Ticket', id))[field]);
  if (after !== chosen) throw new Permanent('forbidden', { detail: `${field} is ${after}` });
};

/** Not every profile may read other users. */
async function ownerOf(context: ConnectorContext, ref: RemoteRef): Promise<string> {
  try {
    const links = await listGlpi(context, `/Ticket/${numberOf(ref.id)}/Ticket_User`);
    const link = links.find((one) => asText(one['type']) === assigned);
    if (link === undefined) return '';
    const user = await readItem(context, 'User', numberOf(link['users_id']));
    return [asText(user['firstname']), asText(user['realname'])].join(' ').trim() || asText(user['name']);
  } catch (error) {
    if (error instanceof Permanent && (error.code === 'forbidden' || error.code === 'record-gone')) return '';
    throw error;
  }
}
