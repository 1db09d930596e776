import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { idOf } from './call-pipedrive.ts';
import { containersByKey, createContainer, withdrawContainer } from './containers.ts';
import { addFile, findFiles, withdrawFile } from './files.ts';
import { manifest } from './manifest.ts';
import { addNote, findNotes, withdrawNote } from './notes.ts';
import { createPerson, fillPerson, findPersons, personsByKey, withdrawPerson } from './persons.ts';
import { probe } from './probe.ts';
import { readPipedriveRecord } from './record.ts';

/** Pipedrive with a personal token: a person (below it a deal or a lead, if wanted), a note for each push, files beside them. */
export const pipedrive: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: false }),
  probe,
  findTargets: findPersons,
  findByKey: (context, role, key, parent) => (role === 'contact' ? personsByKey(context, key) : containersByKey(context, key, parent)),
  createContact: createPerson,
  fillContact: fillPerson,
  createContainer,
  findNotes,
  append: addNote,
  findFiles,
  attach: addFile,
  withdraw: (context, ref, key) => withdrawals[ref.role](context, ref, key),
  readRecord: readPipedriveRecord,
  link: (values, ref) => {
    const base = checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true });
    return ref.kind === 'lead' ? `${base}/leads/inbox/${idOf(ref.id)}` : `${base}/${ref.kind === 'deal' ? 'deal' : 'person'}/${idOf(ref.id)}`;
  },
};

const withdrawals: Readonly<Record<RemoteRef['role'], (context: ConnectorContext, ref: RemoteRef, key: string) => Promise<void>>> = {
  contact: withdrawPerson,
  container: withdrawContainer,
  note: withdrawNote,
  file: withdrawFile,
};
