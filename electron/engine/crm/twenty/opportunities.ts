import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { createOrTake, findLiving } from '../core/own-ids.ts';
import { Conflict, Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { createRow, idOf, readRow } from './call-twenty.ts';

export async function opportunityByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const found = await findLiving(key, { read: (id) => readRow(context, 'opportunities', id) });
  return found === null ? [] : [toRef(found)];
}

/**
 * An opportunity with the person as its point of contact, in the stage that the workspace has set for new ones.
 * @throws Conflict when one with this key is there: another device was faster, or we before an answer was lost
 */
export async function createOpportunity(context: ConnectorContext, draft: ContainerDraft, person: RemoteRef | null, key: string): Promise<RemoteRef> {
  if (person === null) throw new Permanent('internal', { detail: 'an opportunity needs its person' });
  const json = { name: cleanLine(`${draft.networkName}: ${draft.title}`, 200), pointOfContactId: idOf(person.id) };
  const { row, isNew } = await createOrTake(key, { create: (id) => createRow(context, 'opportunities', { id, ...json }), read: (id) => readRow(context, 'opportunities', id) });
  if (!isNew) throw new Conflict({ detail: idOf(row['id']) });
  return toRef(row);
}

const toRef = (row: JsonRecord): RemoteRef => ({ role: 'container', kind: 'opportunity', id: idOf(row['id']), title: asText(row['name']) });

/** Which field of a note's tie, or of an attachment, leads to this record. */
export const targetField = ({ kind }: RemoteRef): 'targetPersonId' | 'targetOpportunityId' => (kind === 'opportunity' ? 'targetOpportunityId' : 'targetPersonId');
