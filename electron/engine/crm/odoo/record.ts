import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asId, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { callOdoo } from './call-odoo.ts';
import { idOf } from './ids.ts';
import { leadKind, modelOf, taskKind } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { knownFields, search, textOf } from './records.ts';

const mostOpen = 10;

/** A lead or task with its stage, who has it and its priority; a contact with what is open below it. */
export const readOdooRecord = (context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> =>
  ref.kind === leadKind.kind || ref.kind === taskKind.kind ? readContainer(context, ref) : readContact(context, ref);

async function readContact(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const row = await rowOf(context, ref, ['name', 'user_id']);
  const owner = await ownerOf(context, row);
  return {
    name: textOf(row, 'name'),
    ...(owner === '' ? {} : { owner }),
    openTickets: [
      ...(await openOf(context, ref, leadKind, [['probability', '<', 100]])),
      ...(await openOf(context, ref, taskKind, [['stage_id.fold', '=', false]])),
    ],
  };
}

/** Leads are lost by being archived. An app that is not there, or not for this user, has nothing open. */
async function openOf(context: ConnectorContext, contact: RemoteRef, kind: Kind, isOpen: readonly unknown[]): Promise<NonNullable<RecordFacts['openTickets']>> {
  try {
    const domain = [['partner_id', '=', idOf(contact)], ['active', '=', true], ...isOpen];
    const rows = await search(context, kind.model, domain, ['name', 'stage_id'], { offset: 0, limit: mostOpen });
    return rows.map((row) => ({ title: textOf(row, 'name'), status: nameIn(row['stage_id']), url: linkOf(context, kind, row) }));
  } catch (error) {
    if (error instanceof Permanent && ['rejected', 'record-gone', 'forbidden'].includes(error.code)) return [];
    throw error;
  }
}

const linkOf = (context: ConnectorContext, kind: Kind, row: JsonRecord): string =>
  `${checkServerUrl(context.values['url'] ?? '', { allowsPlainHttp: true })}/mail/view?model=${kind.model}&res_id=${idOf(row)}`;

async function readContainer(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const row = await rowOf(context, ref, ['name', 'stage_id', 'user_id', 'user_ids', 'priority']);
  const choices = await prioritiesOf(context, ref);
  const [stage, owner] = [nameIn(row['stage_id']), await ownerOf(context, row)];
  const priority = choices.find(([value]) => value === row['priority'])?.[1];
  return {
    name: textOf(row, 'name'),
    ...(stage === '' ? {} : { stage }),
    ...(owner === '' ? {} : { owner }),
    ...(priority === undefined ? {} : { priority, priorityChoices: choices.map(([, label]) => label).filter((label) => label !== priority) }),
  };
}

/** The priority alone: a new stage can mail the customer, by a template of the stage. Followers are not told of it either. */
export const changeOdooRecord: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  const chosen = field === 'priority' ? (await prioritiesOf(context, ref)).find(([, label]) => label === value) : undefined;
  if (chosen === undefined) throw new Permanent('rejected', { detail: `${field} ${value}` });
  const quiet = { tracking_disable: true, mail_notrack: true };
  await callOdoo(context, { model: modelOf(ref.kind), method: 'write', ids: [idOf(ref)], named: { vals: { priority: chosen[0] } }, context: quiet });
};

async function rowOf(context: ConnectorContext, ref: RemoteRef, wanted: readonly string[]): Promise<JsonRecord> {
  const model = modelOf(ref.kind);
  const [row] = await search(context, model, [['id', '=', idOf(ref)]], await knownFields(context, model, wanted), { offset: 0, limit: 1 });
  if (row === undefined) throw new Permanent('record-gone', { detail: `${model} ${ref.id}` });
  return row;
}

/** Values and their names, as the field itself says them. */
async function prioritiesOf(context: ConnectorContext, ref: RemoteRef): Promise<readonly (readonly [value: string, label: string])[]> {
  const named = { allfields: ['priority'], attributes: ['selection'] };
  const fields = asRecord(await callOdoo(context, { model: modelOf(ref.kind), method: 'fields_get', named }));
  return asArray(asRecord(fields['priority'])['selection']).map((pair) => [asText(asArray(pair)[0]), asText(asArray(pair)[1])] as const);
}

/** Tasks of Odoo 15 and later belong to several people, named by their numbers only. */
async function ownerOf(context: ConnectorContext, row: JsonRecord): Promise<string> {
  const ids = asArray(row['user_ids']).map(asId).filter((id) => id !== null);
  if (ids.length === 0) return nameIn(row['user_id']);
  return (await search(context, 'res.users', [['id', 'in', ids]], ['name'])).map((user) => textOf(user, 'name')).join(', ');
}

/** What another record is called: number and name; `false` where there is none. */
const nameIn = (value: unknown): string => asText(asArray(value)[1]);
