import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callPipedrive, deleteOrUnmark, idOf, listOfV1, listOfV2 } from './call-pipedrive.ts';
import { keyField } from './fields.ts';

/** What the connection is set to make below a person; a person holds the notes itself. */
export const containerKind = (context: ConnectorContext): string => context.values['recordKind'] ?? 'person';

/** Deals or leads of the person with our key. Lists, unlike searches, know what was made a moment ago. */
export async function containersByKey(context: ConnectorContext, key: string, person: RemoteRef | null): Promise<readonly RemoteRef[]> {
  if (person === null) return [];
  const field = await keyField(context, 'deal');
  const owner = `person_id=${idOf(person.id)}`;
  const isLead = containerKind(context) === 'lead';
  const rows = isLead ? await listOfV1(context, `/v1/leads?${owner}&sort=add_time%20ASC`, 100) : await listOfV2(context, `/v2/deals?${owner}`);
  const found = rows.filter((row) => keyIn(row, field) === key && row['is_deleted'] !== true);
  // Ids of leads are random: the older one stays, and of two in the same instant the one whose id comes first.
  const rank = (row: JsonRecord): string => (isLead ? `${asText(row['add_time'])} ${asText(row['id'])}` : asText(row['id']).padStart(16, '0'));
  return found.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).map((row) => containerRef(context, row));
}

export async function createContainer(
  context: ConnectorContext,
  draft: ContainerDraft,
  person: RemoteRef | null,
  key: string,
): Promise<RemoteRef> {
  if (person === null) throw new Permanent('internal', { detail: 'a deal needs its person' });
  const field = await keyField(context, 'deal');
  const title = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const common = { title, person_id: Number(idOf(person.id)) };
  const isLead = containerKind(context) === 'lead';
  const made = isLead
    ? await callPipedrive(context, 'POST', '/v1/leads', { json: { ...common, [field]: key } })
    : await callPipedrive(context, 'POST', '/v2/deals', { json: { ...common, custom_fields: { [field]: key } } });
  return containerRef(context, asRecord(made['data']));
}

export async function withdrawContainer(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `${ref.kind === 'lead' ? '/v1/leads' : '/v2/deals'}/${idOf(ref.id)}`;
  try {
    const row = asRecord((await callPipedrive(context, 'GET', place))['data']);
    if (row['is_deleted'] === true) return;
    const field = await keyField(context, 'deal');
    if (keyIn(row, field) !== key) throw new Permanent('rejected', { detail: `${ref.kind} ${ref.id} does not carry our key` });
    await deleteOrUnmark(context, place, ref.kind === 'lead' ? { [field]: null } : { custom_fields: { [field]: null } });
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** Version 1 has own fields beside the others, version 2 in a record of their own. */
const keyIn = (row: JsonRecord, field: string): unknown => asRecord(row['custom_fields'])[field] ?? row[field];

const containerRef = (context: ConnectorContext, row: JsonRecord): RemoteRef => ({
  role: 'container',
  kind: containerKind(context),
  id: idOf(row['id']),
  title: asText(row['title']),
});
