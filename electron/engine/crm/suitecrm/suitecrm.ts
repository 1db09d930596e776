import type { Connector } from '../connector.ts';
import { findLiving } from '../core/own-ids.ts';
import { Permanent } from '../errors.ts';
import { createContact, fillContact, findContacts, toRef } from './contacts.ts';
import { manifest } from './manifest.ts';
import { addFileNote, addNote, findFileNotes, findNotes, withdrawNote } from './notes.ts';
import { placeOf } from './own-ids.ts';
import { apiAddressOf, pageOf } from './place.ts';
import { probe } from './probe.ts';
import { readContact } from './record.ts';

/** SuiteCRM over its JSON API V8: a contact for the customer, a note for each push and for each file, all under ids of ours. */
export const suitecrm: Connector = {
  manifest,
  origin: (values) => apiAddressOf(values),
  probe,
  findTargets: findContacts,
  findByKey: async (context, role, key) => {
    const found = role === 'contact' ? await findLiving(key, placeOf(context, 'Contacts')) : null;
    return found === null ? [] : [toRef(found)];
  },
  createContact,
  fillContact,
  findNotes,
  findFiles: findFileNotes,
  append: addNote,
  attach: addFileNote,
  withdraw: (context, ref, key) =>
    ref.role === 'note' || ref.role === 'file'
      ? withdrawNote(context, ref, key)
      : Promise.reject(new Permanent('rejected', { detail: `a ${ref.role} is not taken back from SuiteCRM` })),
  readRecord: readContact,
  link: (values, ref) => pageOf(values, 'Contacts', ref.id),
};
