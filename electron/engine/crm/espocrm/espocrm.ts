import type { Connector } from '../connector.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { createCase } from './cases.ts';
import { createContact, fillContact, findContacts } from './contacts.ts';
import { entityOf, recordsByKey, withdrawRecord } from './keyed-records.ts';
import { manifest } from './manifest.ts';
import { addFilePost, addPost, findFilePosts, findPosts, withdrawPost } from './posts.ts';
import { probe } from './probe.ts';
import { readEspoRecord } from './record.ts';

/** EspoCRM over REST: a contact for the customer (below it a case, if wanted), an internal post in its stream for each push and for each file. */
export const espocrm: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => recordsByKey(context, role === 'contact' ? 'Contact' : 'Case', key),
  createContact,
  fillContact,
  createContainer: createCase,
  findNotes: findPosts,
  findFiles: findFilePosts,
  append: addPost,
  attach: addFilePost,
  withdraw: (context, ref, key) => {
    if (ref.role === 'note' || ref.role === 'file') return withdrawPost(context, ref, key);
    return withdrawRecord(context, ref, key);
  },
  readRecord: readEspoRecord,
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/#${entityOf(ref)}/view/${encodeURIComponent(ref.id)}`,
};
