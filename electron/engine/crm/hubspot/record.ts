import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { keyPattern } from '../core/keys.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callHubspot } from './call-hubspot.ts';
import { idOf, keyProperty, nameOf, recordKind } from './records.ts';

/** What HubSpot itself brings for tickets, and its words for them in English. */
const priorities: ReadonlyMap<string, string> = new Map([['LOW', 'Low'], ['MEDIUM', 'Medium'], ['HIGH', 'High'], ['URGENT', 'Urgent']]);

/** A contact with its lifecycle stage, a deal with its stage, a ticket with its status and priority. Who owns it would take one more scope. */
export async function readHubspotRecord(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const { plural, titleProperty } = recordKind(ref.kind);
  const own = { contact: ['lastname', 'lifecyclestage'], deal: ['pipeline', 'dealstage'], ticket: ['hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_priority', keyProperty] }[ref.kind] ?? [];
  const record = await callHubspot(context, 'GET', `/crm/v3/objects/${plural}/${idOf(ref)}?properties=${[titleProperty, ...own].join(',')}`);
  const properties = asRecord(record['properties']);
  const textOf = (name: string): string => asText(properties[name]);
  if (ref.kind === 'contact') {
    const stage = textOf('lifecyclestage');
    return { name: nameOf(properties), ...(stage === '' ? {} : { stage: await lifecycleName(context, stage) }) };
  }
  if (ref.kind === 'deal') return { name: textOf(titleProperty), stage: await stageOf(context, plural, textOf('pipeline'), textOf('dealstage')) };
  const priority = priorities.get(textOf('hs_ticket_priority')) ?? textOf('hs_ticket_priority');
  return {
    name: textOf(titleProperty),
    status: await stageOf(context, plural, textOf('hs_pipeline'), textOf('hs_pipeline_stage')),
    priority,
    ...(keyPattern.test(textOf(keyProperty)) ? { priorityChoices: [...priorities.values()].filter((one) => one !== priority) } : {}),
  };
}

/** The priority alone: a new status can start what a company does in its pipeline, and the ticket knows the customer's address. */
export const changeHubspotRecord: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  const chosen = [...priorities].find(([, name]) => name === value)?.[0];
  if (field !== 'priority' || ref.kind !== 'ticket' || chosen === undefined) throw new Permanent('rejected', { detail: `${field} of a ${ref.kind}` });
  await callHubspot(context, 'PATCH', `/crm/v3/objects/tickets/${idOf(ref)}`, { json: { properties: { hs_ticket_priority: chosen } } });
};

/** What a lifecycle stage is called; those that a company has added are numbers. */
const lifecycleName = (context: ConnectorContext, stage: string): Promise<string> =>
  unlessRefused(stage, async () => {
    const options = asArray((await callHubspot(context, 'GET', '/crm/v3/properties/contacts/lifecyclestage'))['options']).map(asRecord);
    return asText(options.find(({ value }) => value === stage)?.['label']) || stage;
  });

/** What a stage is called in its pipeline. */
async function stageOf(context: ConnectorContext, plural: string, pipeline: string, stage: string): Promise<string> {
  const pipelines = asArray((await callHubspot(context, 'GET', `/crm/v3/pipelines/${plural}`))['results']).map(asRecord);
  const stages = asArray(pipelines.find(({ id }) => id === pipeline)?.['stages']).map(asRecord);
  return asText(stages.find(({ id }) => id === stage)?.['label']) || stage;
}
