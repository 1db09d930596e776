import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { contactsByKey, createContact, fillContact, findContacts, withdrawContact } from './contacts.ts';
import { addComment, findComments, withdrawComment } from './comments.ts';
import { createDeal, dealsByKey, withdrawDeal } from './deals.ts';
import { manifest } from './manifest.ts';
import { probe } from './probe.ts';
import { readBitrixRecord } from './record.ts';
import { readWebhookAddress } from './webhook-address.ts';

/** Bitrix24 through an inbound webhook: a contact for the customer (below it a deal, if wanted), a comment in its timeline for each push. */
export const bitrix24: Connector = {
  manifest,
  // Without the secret at hand, what was read out of it when it was typed.
  origin: (values) => (values['inboundWebhook'] === undefined ? (values['url'] ?? null) : readWebhookAddress(values).server),
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => (role === 'contact' ? contactsByKey(context, key) : dealsByKey(context, key)),
  createContact,
  fillContact,
  createContainer: createDeal,
  findNotes: findComments,
  append: addComment,
  withdraw: (context, ref, key) => {
    if (ref.role === 'contact') return withdrawContact(context, ref, key);
    if (ref.role === 'container') return withdrawDeal(context, ref, key);
    if (ref.role === 'note') return withdrawComment(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `Bitrix24 has no ${ref.role}` }));
  },
  readRecord: readBitrixRecord,
  link: (values, ref) => (values['url'] === undefined ? null : `${values['url']}/crm/${ref.kind === 'deal' ? 'deal' : 'contact'}/details/${Number(ref.id)}/`),
};
