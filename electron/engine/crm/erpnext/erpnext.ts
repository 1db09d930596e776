import type { Connector, ConnectorManifest } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { addComment, findComments, withdrawComment } from './comments.ts';
import { addFile, findFiles, withdrawFile } from './files.ts';
import { contactKind, doctypeOf, employeeKind, leadKind } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { contactsManifest, employeesManifest, leadsManifest } from './manifest.ts';
import { createPerson, fillPerson, findPeople, peopleByKey, withdrawPerson } from './people.ts';
import { probe } from './probe.ts';
import { readPerson } from './record.ts';

const connectorOf = (manifest: ConnectorManifest, kind: Kind): Connector => ({
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe: (context) => probe(context, kind),
  findTargets: (context, query) => findPeople(context, kind, query),
  findByKey: (context, role, key) => (role === 'contact' ? peopleByKey(context, kind, key) : Promise.resolve([])),
  createContact: (context, draft, key) => createPerson(context, kind, draft, key),
  fillContact: (context, ref, draft) => fillPerson(context, kind, ref, draft),
  findNotes: findComments,
  append: addComment,
  findFiles,
  attach: addFile,
  withdraw: (context, ref, key) => {
    if (ref.role === 'note') return withdrawComment(context, ref, key);
    if (ref.role === 'file') return withdrawFile(context, ref, key);
    if (ref.role === 'contact' && manifest.canWithdraw.contact) return withdrawPerson(context, kind, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: 'records of people stay' }));
  },
  readRecord: (context, ref) => readPerson(context, kind, ref),
  link: (values, ref) =>
    `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/app/${doctypeOf(ref.kind).toLowerCase()}/${encodeURIComponent(ref.id)}`,
});

/** Contacts of ERPNext and Frappe CRM: a comment for each push, private files beside. */
export const erpnext: Connector = connectorOf(contactsManifest, contactKind);
export const erpnextLeads: Connector = connectorOf(leadsManifest, leadKind);
/** The files on staff of ERPNext HR and Frappe HR; each push is confirmed once more. */
export const erpnextEmployees: Connector = connectorOf(employeesManifest, employeeKind);
