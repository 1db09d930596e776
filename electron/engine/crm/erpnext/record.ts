import type { RecordFacts } from '#rpc';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
import { unlessRefused } from '../core/unless-refused.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { callFrappe, documentPath, listDocuments } from './call-frappe.ts';
import type { Filter } from './call-frappe.ts';
import type { Kind } from './kinds.ts';

const mostOpen = 10;

/** What may stand open below a record of a person. */
interface Below {
  readonly doctype: 'Issue' | 'Opportunity';
  readonly titleField: 'subject' | 'title';
  readonly filters: readonly Filter[];
}

/** A contact with its open issues; a lead with its status, whose it is, and its open opportunities; an employee with the status. */
export async function readPerson(context: ConnectorContext, kind: Kind, ref: RemoteRef): Promise<RecordFacts> {
  const document = asRecord((await callFrappe(context, 'GET', documentPath(kind.doctype, ref.id)))['data']);
  const name = asText(document[kind.titleField]);
  if (kind.doctype === 'Employee') return { name, status: asText(document['status']) };
  if (kind.doctype === 'Contact') return { name, openTickets: await openOf(context, issuesOf(ref)) };
  const owner = asText(document['lead_owner']);
  return { name, ...(owner === '' ? {} : { owner }), status: asText(document['status']), openTickets: await openOf(context, opportunitiesOf(ref)) };
}

const issuesOf = ({ id }: RemoteRef): Below => ({
  doctype: 'Issue',
  titleField: 'subject',
  filters: [['contact', '=', id], ['status', 'not in', ['Closed', 'Resolved']]],
});

const opportunitiesOf = ({ id }: RemoteRef): Below => ({
  doctype: 'Opportunity',
  titleField: 'title',
  filters: [['opportunity_from', '=', 'Lead'], ['party_name', '=', id], ['status', 'not in', ['Closed', 'Lost', 'Converted']]],
});

/** None where ERPNext is not installed beside Frappe, or the role does not read them. */
const openOf = (context: ConnectorContext, { doctype, titleField, filters }: Below): Promise<NonNullable<RecordFacts['openTickets']>> =>
  unlessRefused([], async () => {
    const rows = await listDocuments(context, doctype, filters, ['name', titleField, 'status'], { limit: mostOpen });
    const base = checkServerUrl(context.values['url'] ?? '', { allowsPlainHttp: true });
    return rows.map((row) => ({
      title: asText(row[titleField]) || asText(row['name']),
      status: asText(row['status']),
      url: `${base}/app/${doctype.toLowerCase()}/${encodeURIComponent(asText(row['name']))}`,
    }));
  });
