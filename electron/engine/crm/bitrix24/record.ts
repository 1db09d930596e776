import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callBitrix, numberOf } from './call-bitrix.ts';
import { toRef } from './contacts.ts';

const mostDeals = 10;

/** A contact with its open deals, or a deal with its stage; and who is responsible for it. */
export const readBitrixRecord = (context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> => (ref.kind === 'deal' ? readDeal(context, ref) : readContact(context, ref));

async function readDeal(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const deal = asRecord((await callBitrix(context, 'crm.deal.get', { id: numberOf(ref.id) })).result);
  const owner = await userName(context, deal['ASSIGNED_BY_ID']);
  const stage = asText(deal['STAGE_ID']);
  return { name: asText(deal['TITLE']), ...(owner === '' ? {} : { owner }), stage: (await stageNames(context, [deal])).get(stage) ?? stage };
}

async function readContact(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const contact = asRecord((await callBitrix(context, 'crm.contact.get', { id: numberOf(ref.id) })).result);
  const owner = await userName(context, contact['ASSIGNED_BY_ID']);
  return { name: toRef(contact).title ?? '', ...(owner === '' ? {} : { owner }), openTickets: await dealsOf(context, ref) };
}

/** Nothing where the box *Users* of the webhook is not ticked. https://apidocs.bitrix24.com/api-reference/user/user-get.html */
const userName = (context: ConnectorContext, id: unknown): Promise<string> =>
  unlessRefused('', async () => {
    if (asText(id) === '') return '';
    const [user] = asArray((await callBitrix(context, 'user.get', { ID: numberOf(id) })).result).map(asRecord);
    return [asText(user?.['NAME']), asText(user?.['LAST_NAME'])].filter((part) => part !== '').join(' ');
  });

/** The newest first; none where the user of the webhook may not see deals. https://apidocs.bitrix24.com/api-reference/crm/deals/crm-deal-list.html */
const dealsOf = (context: ConnectorContext, contact: RemoteRef): Promise<NonNullable<RecordFacts['openTickets']>> =>
  unlessRefused([], async () => {
    const filter = { CONTACT_ID: numberOf(contact.id), CLOSED: 'N' };
    const { result } = await callBitrix(context, 'crm.deal.list', { filter, select: ['ID', 'TITLE', 'STAGE_ID', 'CATEGORY_ID'], order: { ID: 'DESC' } });
    const deals = asArray(result).map(asRecord).slice(0, mostDeals);
    const stages = await stageNames(context, deals);
    return deals.map((deal) => ({
      title: asText(deal['TITLE']),
      status: stages.get(asText(deal['STAGE_ID'])) ?? asText(deal['STAGE_ID']),
      url: context.values['url'] === undefined ? null : `${context.values['url']}/crm/deal/details/${numberOf(deal['ID'])}/`,
    }));
  });

/** What the stages of these deals are called; each funnel has its own. https://apidocs.bitrix24.com/api-reference/crm/status/crm-status-list.html */
async function stageNames(context: ConnectorContext, deals: readonly JsonRecord[]): Promise<ReadonlyMap<string, string>> {
  const funnels = new Set(deals.map((deal) => (asText(deal['CATEGORY_ID']) === '' ? 0 : numberOf(deal['CATEGORY_ID']))));
  const names = new Map<string, string>();
  for (const funnel of funnels) {
    const filter = { ENTITY_ID: funnel === 0 ? 'DEAL_STAGE' : `DEAL_STAGE_${funnel}` };
    for (const row of asArray((await callBitrix(context, 'crm.status.list', { filter })).result).map(asRecord)) names.set(asText(row['STATUS_ID']), asText(row['NAME']));
  }
  return names;
}
