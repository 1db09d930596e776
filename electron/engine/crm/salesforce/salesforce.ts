import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { idOf } from './call-salesforce.ts';
import { casesByKey, createCase } from './cases.ts';
import { contactsByKey, createContact, fillContact, findContacts } from './contacts.ts';
import { addFile, findFiles, withdrawFile } from './files.ts';
import { manifest, orgAddress } from './manifest.ts';
import { probe } from './probe.ts';
import { readSalesforceRecord } from './record.ts';
import { addTask, findTasks, withdrawTask } from './tasks.ts';

/** Salesforce: a contact (below it a case, if wanted), a completed task for each push, files beside. */
export const salesforce: Connector = {
  manifest,
  origin: orgAddress,
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => (role === 'contact' ? contactsByKey(context, key) : casesByKey(context, key)),
  createContact,
  fillContact,
  createContainer: createCase,
  findNotes: findTasks,
  append: addTask,
  findFiles,
  attach: addFile,
  withdraw: (context, ref, key) => {
    if (ref.role === 'note') return withdrawTask(context, ref, key);
    if (ref.role === 'file') return withdrawFile(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `Salesforce keeps the ${ref.kind}` }));
  },
  readRecord: readSalesforceRecord,
  link: (values, ref) => `${orgAddress(values)}/lightning/r/${ref.kind === 'case' ? 'Case' : 'Contact'}/${idOf(ref.id)}/view`,
};
