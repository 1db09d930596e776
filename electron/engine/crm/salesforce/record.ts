import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { idOf, query } from './call-salesforce.ts';
import { orgAddress } from './manifest.ts';

const mostCases = 10;

/** A contact with its open cases, or a case with its status and priority; and whose it is. */
export const readSalesforceRecord = (context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> => (ref.kind === 'case' ? readCase(context, ref) : readContact(context, ref));

async function readCase(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const id = idOf(ref.id);
  const [row] = await query(context, `SELECT Subject, Status, Priority, Owner.Name FROM Case WHERE Id = '${id}'`);
  if (row === undefined) throw new Permanent('record-gone', { detail: `Case ${id}` });
  const priority = asText(row['Priority']);
  return { name: asText(row['Subject']), ...ownerOf(row), status: asText(row['Status']), ...(priority === '' ? {} : { priority }) };
}

async function readContact(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const id = idOf(ref.id);
  const [row] = await query(context, `SELECT Name, Owner.Name FROM Contact WHERE Id = '${id}'`);
  if (row === undefined) throw new Permanent('record-gone', { detail: `Contact ${id}` });
  return { name: asText(row['Name']), ...ownerOf(row), openTickets: await casesOf(context, id) };
}

function ownerOf(row: JsonRecord): Pick<RecordFacts, 'owner'> {
  const owner = asText(asRecord(row['Owner'])['Name']);
  return owner === '' ? {} : { owner };
}

/** None where this user may not see cases. */
const casesOf = (context: ConnectorContext, contactId: string): Promise<NonNullable<RecordFacts['openTickets']>> =>
  unlessRefused([], async () => {
    const rows = await query(context, `SELECT Id, Subject, Status FROM Case WHERE ContactId = '${contactId}' AND IsClosed = false LIMIT ${mostCases}`);
    return rows.map((row) => ({ title: asText(row['Subject']), status: asText(row['Status']), url: `${orgAddress(context.values)}/lightning/r/Case/${idOf(row['Id'])}/view` }));
  });
