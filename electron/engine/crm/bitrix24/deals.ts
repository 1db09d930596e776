import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callBitrix, numberOf } from './call-bitrix.ts';
import { originator } from './contacts.ts';

/**
 * Deals with our key, the oldest first. https://apidocs.bitrix24.com/api-reference/crm/deals/crm-deal-list.html
 * @throws Permanent `server-incompatible` when the filter is ignored: then we would write everything twice
 */
export async function dealsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const filter = { ORIGINATOR_ID: originator, ORIGIN_ID: key };
  const { result } = await callBitrix(context, 'crm.deal.list', { filter, select: ['ID', 'TITLE', 'ORIGINATOR_ID', 'ORIGIN_ID'], order: { ID: 'ASC' } });
  const rows = asArray(result).map(asRecord);
  if (!rows.every((row) => row['ORIGIN_ID'] === key)) throw new Permanent('server-incompatible', { detail: 'ORIGIN_ID is no filter here' });
  return rows.filter((row) => row['ORIGINATOR_ID'] === originator).map(toRef).sort((a, b) => Number(a.id) - Number(b.id));
}

/** A deal of the contact, in the first stage of the funnel that is the company's own choice. Nobody is told in the feed. */
export async function createDeal(context: ConnectorContext, draft: ContainerDraft, contact: RemoteRef | null, key: string): Promise<RemoteRef> {
  if (contact === null) throw new Permanent('internal', { detail: 'a deal needs its contact' });
  const title = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const { result } = await callBitrix(context, 'crm.deal.add', {
    fields: { TITLE: title, CONTACT_IDS: [numberOf(contact.id)], ORIGINATOR_ID: originator, ORIGIN_ID: key },
    params: { REGISTER_SONET_EVENT: 'N' },
  });
  return { role: 'container', kind: 'deal', id: String(numberOf(result)), title };
}

/** The empty twin of two devices that pushed at once. */
export async function withdrawDeal(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const ours = await dealsByKey(context, key);
  if (!ours.some(({ id }) => id === ref.id)) throw new Permanent('rejected', { detail: `deal ${ref.id} does not carry our key` });
  await callBitrix(context, 'crm.deal.delete', { id: numberOf(ref.id) });
}

const toRef = (row: JsonRecord): RemoteRef => ({ role: 'container', kind: 'deal', id: String(numberOf(row['ID'])), title: asText(row['TITLE']) });
