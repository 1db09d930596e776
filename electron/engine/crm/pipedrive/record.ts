import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callPipedrive, idOf, listOfV2 } from './call-pipedrive.ts';

const mostDeals = 10;

/** A person with the open deals, a deal with its stage and status, a lead; and whose it is. */
export async function readPipedriveRecord(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const id = idOf(ref.id);
  const row = await rowOf(context, ref.kind === 'lead' ? `/v1/leads/${id}` : ref.kind === 'deal' ? `/v2/deals/${id}` : `/v2/persons/${id}`);
  const owner = await nameOf(context, '/v1/users', row['owner_id']);
  const shared = { name: asText(row[ref.kind === 'person' ? 'name' : 'title']), ...(owner === '' ? {} : { owner }) };
  if (ref.kind === 'person') return { ...shared, openTickets: await dealsOf(context, id) };
  if (ref.kind !== 'deal') return shared;
  return { ...shared, stage: await nameOf(context, '/v2/stages', row['stage_id']), status: asText(row['status']) };
}

async function rowOf(context: ConnectorContext, path: string): Promise<JsonRecord> {
  const row = asRecord((await callPipedrive(context, 'GET', path))['data']);
  if (row['id'] === undefined || row['is_deleted'] === true) throw new Permanent('record-gone', { detail: path });
  return row;
}

async function dealsOf(context: ConnectorContext, personId: string): Promise<NonNullable<RecordFacts['openTickets']>> {
  const rows = (await listOfV2(context, `/v2/deals?person_id=${personId}&status=open`)).filter((row) => row['is_deleted'] !== true).slice(0, mostDeals);
  const stages = new Map<string, string>();
  for (const id of new Set(rows.map((row) => asText(row['stage_id'])))) stages.set(id, await nameOf(context, '/v2/stages', id));
  const base = checkServerUrl(context.values['url'] ?? '', { allowsPlainHttp: true });
  return rows.map((row) => ({ title: asText(row['title']), status: stages.get(asText(row['stage_id'])) ?? '', url: `${base}/deal/${idOf(row['id'])}` }));
}

/** What a user or stage is called; nothing where that may not be asked. */
const nameOf = (context: ConnectorContext, place: string, id: unknown): Promise<string> =>
  unlessRefused('', async () => (asText(id) === '' ? '' : asText((await rowOf(context, `${place}/${idOf(id)}`))['name'])));
