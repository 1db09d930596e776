import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { addItem, listGlpi, numberOf, purgeItem, readItem } from './call-glpi.ts';
import { markerIn, richText } from './rich-text.ts';
import { isTicketGone } from './tickets.ts';

/** Followups of a ticket that end with our marker. The ticket's number is checked here too. */
export async function findFollowups(context: ConnectorContext, ticket: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const rows = await listGlpi(context, `/Ticket/${numberOf(ticket.id)}/ITILFollowup`);
  return rows
    .filter((row) => asText(row['itemtype']) === 'Ticket' && asText(row['items_id']) === ticket.id)
    .flatMap((row): WrittenNote[] => {
      const marker = markerIn(asText(row['content']));
      return marker === null || (key !== null && marker.key !== key) ? [] : [{ ref: followupRef(numberOf(row['id'])), ...marker }];
    })
    .sort((a, b) => Number(a.ref.id) - Number(b.ref.id));
}

/** Private: a customer who may see the ticket does not see it, and nobody is mailed. */
export async function addFollowup(context: ConnectorContext, ticket: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const input = { itemtype: 'Ticket', items_id: numberOf(ticket.id), content: richText(chunk.body), is_private: 1, _disablenotif: true };
  try {
    return followupRef(await addItem(context, 'ITILFollowup', input));
  } catch (error) {
    // A ticket that is not there shows as "cannot add" or as a missing right.
    const isUnclear = error instanceof Permanent && (error.code === 'rejected' || error.code === 'forbidden');
    if (isUnclear && (await isTicketGone(context, ticket))) throw new Permanent('record-gone', { detail: `ticket ${ticket.id}` });
    throw error;
  }
}

export async function withdrawFollowup(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  try {
    const followup = await readItem(context, 'ITILFollowup', numberOf(ref.id));
    if (markerIn(asText(followup['content']))?.key !== key) throw new Permanent('rejected', { detail: `followup ${ref.id} does not carry our key` });
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return;
    throw error;
  }
  await purgeItem(context, 'ITILFollowup', numberOf(ref.id));
}

const followupRef = (id: number): RemoteRef => ({ role: 'note', kind: 'followup', id: String(id) });
