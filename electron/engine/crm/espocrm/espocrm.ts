import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { contactsByKey, createContact, fillContact, findContacts, withdrawContact } from './contacts.ts';
import { manifest } from './manifest.ts';
import { addFilePost, addPost, findFilePosts, findPosts, withdrawPost } from './posts.ts';
import { probe } from './probe.ts';
import { readContact } from './record.ts';

/** EspoCRM over REST: a contact for the customer, an internal post in its stream for each push and for each file. */
export const espocrm: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => (role === 'contact' ? contactsByKey(context, key) : Promise.resolve([])),
  createContact,
  fillContact,
  findNotes: findPosts,
  findFiles: findFilePosts,
  append: addPost,
  attach: addFilePost,
  withdraw: (context, ref, key) => {
    if (ref.role === 'contact') return withdrawContact(context, ref, key);
    if (ref.role === 'note' || ref.role === 'file') return withdrawPost(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `EspoCRM has no ${ref.role}` }));
  },
  readRecord: readContact,
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/#Contact/view/${encodeURIComponent(ref.id)}`,
};
