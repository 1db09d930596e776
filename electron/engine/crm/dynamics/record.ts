import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callDynamics, guidOf } from './call-dynamics.ts';
import { environmentAddress } from './manifest.ts';

const mostCases = 10;
const labels = { prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"' } as const;
/** What a number or an id is called on the pages there. */
const labelOf = (row: JsonRecord, name: string): string => asText(row[`${name}@OData.Community.Display.V1.FormattedValue`]);

/** A contact with its open cases, or a case with its status and priority; and whose it is. */
export const readDynamicsRecord = (context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> => (ref.kind === 'case' ? readCase(context, ref) : readContact(context, ref));

async function readCase(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const row = await callDynamics(context, 'GET', `/incidents(${guidOf(ref.id)})?$select=title,statuscode,prioritycode,_ownerid_value`, { headers: labels });
  const priority = labelOf(row, 'prioritycode');
  return { name: asText(row['title']), ...ownerOf(row), status: labelOf(row, 'statuscode'), ...(priority === '' ? {} : { priority }) };
}

async function readContact(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const id = guidOf(ref.id);
  const row = await callDynamics(context, 'GET', `/contacts(${id})?$select=fullname,_ownerid_value`, { headers: labels });
  return { name: asText(row['fullname']), ...ownerOf(row), openTickets: await casesOf(context, id) };
}

function ownerOf(row: JsonRecord): Pick<RecordFacts, 'owner'> {
  const owner = labelOf(row, '_ownerid_value');
  return owner === '' ? {} : { owner };
}

/** None where the company has no customer service there, or this user may not see it. */
const casesOf = (context: ConnectorContext, contactId: string): Promise<NonNullable<RecordFacts['openTickets']>> =>
  unlessRefused([], async () => {
    const filter = encodeURIComponent(`_customerid_value eq ${contactId} and statecode eq 0`);
    const answer = await callDynamics(context, 'GET', `/incidents?$select=incidentid,title,statuscode&$filter=${filter}&$top=${mostCases}`, { headers: labels });
    return asArray(answer['value']).map(asRecord).map((row) => ({
      title: asText(row['title']),
      status: labelOf(row, 'statuscode'),
      url: `${environmentAddress(context.values)}/main.aspx?etn=incident&id=${guidOf(row['incidentid'])}&pagetype=entityrecord`,
    }));
  });
