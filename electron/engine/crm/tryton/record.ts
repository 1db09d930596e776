import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asId, asRecord, asText } from '../http/json-value.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { modelOf } from './models.ts';
import { readParties } from './parties.ts';
import { call } from './session.ts';

const maxLeads = 10;
const openStates = ['lead', 'opportunity'];

/** A lead with its stage and who has it; a party with its open leads, where the connection writes leads. */
export async function readTrytonRecord(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  return ref.kind === 'lead' ? readLead(context, ref) : readParty(context, ref);
}

async function readParty(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const id = Number(ref.id);
  const [party] = await readParties(context, [id], ['name', 'active']);
  if (party === undefined) throw new Permanent('record-gone', { detail: `party ${id}` });
  if (context.values['recordKind'] !== 'lead') return { name: asText(party['name']) };
  const rows = await leads(context, [['party', '=', id], ['state', 'in', openStates]], maxLeads);
  const base = checkServerUrl(context.values['url'] ?? '', { allowsPlainHttp: true });
  const place = `${base}/#${encodeURIComponent(context.values['database'] ?? '')}/model/${modelOf('lead')}`;
  return {
    name: asText(party['name']),
    openTickets: rows.map((row) => ({ title: asText(row['description']), status: asText(row['state']), url: `${place}/${asId(row['id']) ?? ''}` })),
  };
}

async function readLead(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const [row] = await leads(context, [['id', '=', Number(ref.id)]], 1);
  if (row === undefined) throw new Permanent('record-gone', { detail: `lead ${ref.id}` });
  const owner = asText(asRecord(row['employee.'])['rec_name']);
  return { name: asText(row['description']), stage: asText(row['state']), ...(owner === '' ? {} : { owner }) };
}

async function leads(context: ConnectorContext, domain: readonly unknown[], limit: number) {
  const fields = ['description', 'state', 'employee.rec_name'];
  return asArray(await call(context, 'model.sale.opportunity.search_read', domain, 0, limit, [['id', 'DESC']], fields)).map(asRecord);
}
