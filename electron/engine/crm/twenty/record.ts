import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { idOf, isEqual, listRows, readRow } from './call-twenty.ts';
import { pageOf } from './page-of.ts';
import { toRef } from './people.ts';

const mostOpen = 10;
/** The last stage of a fresh workspace: the deal is won. One that is lost is deleted there. */
const wonStage = 'CUSTOMER';

/** A person with its open opportunities, or an opportunity with its stage. */
export const readTwentyRecord = (context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> => (ref.kind === 'opportunity' ? readOpportunity(context, ref) : readPerson(context, ref));

async function readOpportunity(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const row = await readRow(context, 'opportunities', ref.id);
  if (row === null) throw new Permanent('record-gone', { detail: `opportunity ${ref.id}` });
  return { name: asText(row['name']), stage: stageName(asText(row['stage'])) };
}

/** The open ones name the person as their point of contact. People belong to nobody in Twenty. */
async function readPerson(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const person = await readRow(context, 'people', ref.id);
  if (person === null) throw new Permanent('record-gone', { detail: `person ${ref.id}` });
  return { name: toRef(person).title ?? '', openTickets: await opportunitiesOf(context, ref) };
}

/** None where the role of the key may not see opportunities: Palomar needs no such right. */
const opportunitiesOf = (context: ConnectorContext, person: RemoteRef): Promise<NonNullable<RecordFacts['openTickets']>> =>
  unlessRefused([], async () => {
    const rows = await listRows(context, 'opportunities', isEqual('pointOfContactId', idOf(person.id)) ?? '', 0);
    return rows
      .filter((row) => row['stage'] !== wonStage)
      .slice(0, mostOpen)
      .map((row) => ({ title: asText(row['name']), status: stageName(asText(row['stage'])), url: pageOf(context.values, 'opportunity', idOf(row['id'])) }));
  });

/** `FOLLOW_UP` → `Follow up`: Twenty makes the value of a choice of its label that way. */
const stageName = (value: string): string => `${value.slice(0, 1)}${value.slice(1).toLowerCase().replaceAll('_', ' ')}`;
