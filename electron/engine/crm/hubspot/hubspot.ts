import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { createContact, fillContact, findContacts } from './contacts.ts';
import { containerKind, createContainer } from './containers.ts';
import { addFile, findFiles, withdrawFile } from './files.ts';
import { manifest } from './manifest.ts';
import { addNote, findNotes, withdrawNote } from './notes.ts';
import { probe } from './probe.ts';
import { changeHubspotRecord, readHubspotRecord } from './record.ts';
import { recordKind, recordsByKey } from './records.ts';

/** HubSpot as a private app: a contact (below it a deal or a ticket, if wanted), a note for each push, files as attachments. */
export const hubspot: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] || 'https://api.hubapi.com', { allowsPlainHttp: false }),
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => recordsByKey(context, role === 'contact' ? 'contact' : containerKind(context), key),
  createContact,
  fillContact,
  createContainer,
  findNotes,
  append: addNote,
  findFiles,
  attach: addFile,
  withdraw: (context, ref, key) => {
    if (ref.role === 'note') return withdrawNote(context, ref, key);
    if (ref.role === 'file') return withdrawFile(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `HubSpot keeps the ${ref.kind}` }));
  },
  readRecord: readHubspotRecord,
  changeRecord: changeHubspotRecord,
  link: (_values, ref) => {
    const [portal = '', id = ''] = ref.id.split('/').map(Number);
    return `https://app.hubspot.com/contacts/${portal}/record/${recordKind(ref.kind).typeId}/${id}`;
  },
};
