import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callSalesforce, idOf, query, quoted } from './call-salesforce.ts';
import { keyField } from './contacts.ts';

/** Cases with our key: one at most, for its values are unique. */
export async function casesByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const rows = await query(context, `SELECT Id, Subject, ${keyField} FROM Case WHERE ${keyField} = ${quoted(key)}`);
  return rows.filter((row) => row[keyField] === key).map(refOf);
}

/**
 * A case of the contact, in the status that the company has set for new ones. By its external id, as a contact: of two devices
 * the second one meets the case of the first. No assignment rule runs, so it belongs to the person who pushes.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm
 */
export async function createCase(context: ConnectorContext, draft: ContainerDraft, contact: RemoteRef | null, key: string): Promise<RemoteRef> {
  if (contact === null) throw new Permanent('internal', { detail: 'a case needs its contact' });
  const title = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const json = { Subject: title, ContactId: idOf(contact.id) };
  const headers = { 'sforce-auto-assign': 'FALSE' };
  const created = await callSalesforce(context, 'PATCH', `/sobjects/Case/${keyField}/${encodeURIComponent(key)}`, { json, headers });
  return { role: 'container', kind: 'case', id: idOf(created['id']), title };
}

const refOf = (row: JsonRecord): RemoteRef => ({ role: 'container', kind: 'case', id: idOf(row['Id']), title: asText(row['Subject']) });
