import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callHubspot, numberOf } from './call-hubspot.ts';
import { idOf, keyProperty, recordKind, refOf } from './records.ts';

/** A deal or a ticket of the contact, in the first stage of the first pipeline. */
export async function createContainer(
  context: ConnectorContext,
  draft: ContainerDraft,
  contact: RemoteRef | null,
  key: string,
): Promise<RemoteRef> {
  const kind = containerKind(context);
  const { plural, titleProperty, contactAssociation } = recordKind(kind);
  const { pipeline, stage } = await firstStage(context, plural);
  const title = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const stages = kind === 'deal' ? { pipeline, dealstage: stage } : { hs_pipeline: pipeline, hs_pipeline_stage: stage };
  const properties = { [titleProperty]: title, ...stages, [keyProperty]: key };
  const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: contactAssociation }];
  const associations = contact === null || contactAssociation === null ? [] : [{ to: { id: idOf(contact) }, types }];
  const created = await callHubspot(context, 'POST', `/crm/v3/objects/${plural}`, { json: { properties, associations } });
  return refOf(context, kind, { id: numberOf(created['id']), properties });
}

/** What the connection is set to make; a contact holds the notes itself. */
export const containerKind = (context: ConnectorContext): string => context.values['recordKind'] ?? 'contact';

async function firstStage(context: ConnectorContext, plural: string) {
  const pipelines = asArray((await callHubspot(context, 'GET', `/crm/v3/pipelines/${plural}`))['results']).map(asRecord);
  const inOrder = (list: readonly unknown[]) => list.map(asRecord).sort((a, b) => Number(a['displayOrder']) - Number(b['displayOrder']));
  const [pipeline] = inOrder(pipelines);
  const [stage] = inOrder(asArray(pipeline?.['stages']));
  if (pipeline === undefined || stage === undefined) throw new Permanent('setup-incomplete', { detail: `${plural}: pipeline` });
  return { pipeline: asText(pipeline['id']), stage: asText(stage['id']) };
}
