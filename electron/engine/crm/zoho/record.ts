import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callZoho, idOf, query, writeRecord } from './call-zoho.ts';
import { fieldsOf, picksOf } from './fields.ts';
import { pagesAddress } from './manifest.ts';
import { contacts, deals, leads, moduleOf, placeOf } from './modules.ts';

const mostDeals = 10;
/** How the stages of a fresh organization begin that end a deal. */
const isClosed = (stage: string): boolean => /^closed\b/i.test(stage);
const statusField = 'Lead_Status';

/** A contact with its open deals, a deal with its stage, a lead with its status; and whose it is. */
export async function readZohoRecord(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const module = moduleOf(ref);
  const wanted = [module.titleField, 'Owner', ...(module === deals ? ['Stage'] : module === leads ? [statusField] : [])];
  const said = await callZoho(context, 'GET', `${placeOf(ref)}?fields=${wanted.join(',')}`);
  const row = asRecord(asArray(said['data'])[0]);
  if (row['id'] === undefined) throw new Permanent('record-gone', { detail: placeOf(ref) });
  const owner = asText(asRecord(row['Owner'])['name']);
  return {
    name: asText(row[module.titleField]),
    ...(owner === '' ? {} : { owner }),
    ...(module === deals ? { stage: asText(row['Stage']) } : {}),
    ...(module === leads ? await statusOf(context, row) : {}),
    ...(module === contacts ? { openTickets: await dealsOf(context, ref) } : {}),
  };
}

async function statusOf(context: ConnectorContext, row: JsonRecord): Promise<Pick<RecordFacts, 'status' | 'statusChoices'>> {
  const status = asText(row[statusField]);
  return { status, statusChoices: picksOf(await fieldsOf(context, leads), statusField).filter((one) => one !== status) };
}

async function dealsOf(context: ConnectorContext, contact: RemoteRef): Promise<NonNullable<RecordFacts['openTickets']>> {
  const rows = await query(context, `select Deal_Name, Stage from Deals where Contact_Name = '${idOf(contact.id)}' limit ${mostDeals}`);
  return rows
    .filter((row) => !isClosed(asText(row['Stage'])))
    .map((row) => ({ title: asText(row['Deal_Name']), status: asText(row['Stage']), url: `${pagesAddress(context.values)}/crm/tab/Potentials/${idOf(row['id'])}` }));
}

/** The status of a lead; no workflow starts with it, so nobody is mailed. */
export const changeLead: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  if (field !== 'status' || moduleOf(ref) !== leads) throw new Permanent('rejected', { detail: `${field} of a ${ref.kind}` });
  await writeRecord(context, 'PUT', placeOf(ref), { [statusField]: value });
};
