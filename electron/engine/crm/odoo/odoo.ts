import type { Connector, ConnectorContext, ConnectorManifest, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { contactsByKey, createContact, fillContact, findContacts } from './contacts.ts';
import { containersByKey, createContainer } from './containers.ts';
import { addFile, findFiles, withdrawFile } from './files.ts';
import { contactKind, employeeKind, modelOf } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { employeesManifest, manifest } from './manifest.ts';
import { addNote, findNotes, withdrawNote } from './notes.ts';
import { probe } from './probe.ts';
import { changeOdooRecord, readOdooRecord } from './record.ts';

const connectorOf = (own: ConnectorManifest, contact: Kind): Connector => ({
  manifest: own,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe: (context) => probe(context, contact),
  findTargets: (context, query) => findContacts(context, contact, query),
  findByKey: (context, role, key) => (role === 'contact' ? contactsByKey(context, contact, key) : containersByKey(context, key)),
  createContact: (context, draft, key) => createContact(context, contact, draft, key),
  fillContact: (context, ref, draft) => fillContact(context, contact, ref, draft),
  findNotes,
  append: addNote,
  findFiles,
  attach: addFile,
  withdraw,
  // Leads to the record on every version, and to the login page first where nobody is signed in.
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/mail/view?model=${modelOf(ref.kind)}&res_id=${Number(ref.id)}`,
});

/** Odoo 11 and later, over JSON-RPC or JSON-2: a contact, an internal note for each push, files beside; a lead or task below when asked for. */
export const odoo: Connector = { ...connectorOf(manifest, contactKind), createContainer, readRecord: readOdooRecord, changeRecord: changeOdooRecord };

/** The files on staff of the same server; each push is confirmed once more. */
export const odooEmployees: Connector = connectorOf(employeesManifest, employeeKind);

function withdraw(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  if (ref.role === 'note') return withdrawNote(context, ref, key);
  if (ref.role === 'file') return withdrawFile(context, ref, key);
  return Promise.reject(new Permanent('rejected', { detail: 'records of people stay' }));
}
