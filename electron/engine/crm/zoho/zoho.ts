import type { Connector, ConnectorManifest } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { addAttachment, findAttachments, withdrawAttachment } from './attachments.ts';
import { idOf } from './call-zoho.ts';
import { createDeal } from './deals.ts';
import { apiAddress, leadsManifest, manifest, pagesAddress } from './manifest.ts';
import { contacts, deals, leads, moduleOf } from './modules.ts';
import type { Module } from './modules.ts';
import { addNote, findNotes, withdrawNote } from './notes.ts';
import { createPerson, fillPerson, findPeople, recordsByKey } from './people.ts';
import { probe } from './probe.ts';
import { changeLead, readZohoRecord } from './record.ts';

const connectorOf = (own: ConnectorManifest, people: Module): Connector => ({
  manifest: own,
  origin: apiAddress,
  probe: (context) => probe(context, people),
  findTargets: (context, query) => findPeople(context, people, query),
  findByKey: (context, role, key) => recordsByKey(context, role === 'contact' ? people : deals, key),
  createContact: (context, draft, key) => createPerson(context, people, draft, key),
  fillContact: (context, ref, draft) => fillPerson(context, people, ref, draft),
  createContainer: createDeal,
  findNotes,
  append: addNote,
  findFiles: findAttachments,
  attach: addAttachment,
  withdraw: (context, ref, key) => {
    if (ref.role === 'note') return withdrawNote(context, ref, key);
    if (ref.role === 'file') return withdrawAttachment(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `Zoho keeps the ${ref.kind}` }));
  },
  readRecord: readZohoRecord,
  link: (values, ref) => `${pagesAddress(values)}/crm/tab/${moduleOf(ref).apiName === 'Deals' ? 'Potentials' : moduleOf(ref).apiName}/${idOf(ref.id)}`,
});

/** Zoho CRM: a contact (below it a deal, if wanted), a note for each push, attachments beside. */
export const zoho: Connector = connectorOf(manifest, contacts);
/** The same with people who are no contacts yet. */
export const zohoLeads: Connector = { ...connectorOf(leadsManifest, leads), changeRecord: changeLead };
