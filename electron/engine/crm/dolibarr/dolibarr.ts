import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { contactsByKey, createContact, fillContact, findContacts, withdrawContact } from './contacts.ts';
import { addDocument, withdrawDocument } from './documents.ts';
import { addEvent, findEvents, withdrawEvent } from './events.ts';
import { manifest } from './manifest.ts';
import { probe } from './probe.ts';
import { readFacts } from './record.ts';

/** Dolibarr over REST: a contact for the customer, an event in its agenda for each push, documents beside. */
export const dolibarr: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => (role === 'contact' ? contactsByKey(context, key) : Promise.resolve([])),
  createContact,
  fillContact,
  findNotes: findEvents,
  append: addEvent,
  attach: addDocument,
  withdraw: (context, ref, key) => {
    if (ref.role === 'contact') return withdrawContact(context, ref, key);
    if (ref.role === 'note') return withdrawEvent(context, ref, key);
    if (ref.role === 'file') return withdrawDocument(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `Dolibarr has no ${ref.role}` }));
  },
  readRecord: readFacts,
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/contact/card.php?id=${Number(ref.id)}`,
};
