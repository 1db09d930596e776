import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { idOf } from './call-salesforce.ts';
import { contactsByKey, createContact, fillContact, findContacts } from './contacts.ts';
import { addFile, findFiles, withdrawFile } from './files.ts';
import { manifest, orgAddress } from './manifest.ts';
import { probe } from './probe.ts';
import { readContact } from './record.ts';
import { addTask, findTasks, withdrawTask } from './tasks.ts';

/** Salesforce: a contact, a completed task for each push, files at the contact. */
export const salesforce: Connector = {
  manifest,
  origin: orgAddress,
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => (role === 'contact' ? contactsByKey(context, key) : Promise.resolve([])),
  createContact,
  fillContact,
  findNotes: findTasks,
  append: addTask,
  findFiles,
  attach: addFile,
  withdraw: (context, ref, key) => {
    if (ref.role === 'note') return withdrawTask(context, ref, key);
    if (ref.role === 'file') return withdrawFile(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `Salesforce keeps the ${ref.kind}` }));
  },
  readRecord: readContact,
  link: (values, ref) => `${orgAddress(values)}/lightning/r/Contact/${idOf(ref.id)}/view`,
};
