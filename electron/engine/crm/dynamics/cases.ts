import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { uuidOfKey } from '../core/uuid-of-key.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { createRow, guidOf, readRow } from './call-dynamics.ts';

/** Cases are called incidents in the API. */
export async function casesByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const row = await readRow(context, 'incidents', uuidOfKey(key), ['incidentid', 'title']);
  return row === null ? [] : [{ role: 'container', kind: 'case', id: guidOf(row['incidentid']), title: asText(row['title']) }];
}

/**
 * A case of the contact, in the status and of the priority that the company has set for new ones.
 * https://learn.microsoft.com/dynamics365/developer/reference/entities/incident
 * @throws Conflict when another device made it
 */
export async function createCase(context: ConnectorContext, draft: ContainerDraft, contact: RemoteRef | null, key: string): Promise<RemoteRef> {
  if (contact === null) throw new Permanent('internal', { detail: 'a case needs its contact' });
  const title = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const id = await createRow(context, 'incidents', key, { title, 'customerid_contact@odata.bind': `/contacts(${guidOf(contact.id)})` });
  return { role: 'container', kind: 'case', id, title };
}
