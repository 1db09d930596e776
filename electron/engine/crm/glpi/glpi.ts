import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { addDocument, findDocuments, withdrawDocument } from './documents.ts';
import { addFollowup, findFollowups, withdrawFollowup } from './followups.ts';
import { manifest } from './manifest.ts';
import { probe } from './probe.ts';
import { changeTicket, readTicket } from './record.ts';
import { createTicket, findTickets, ticketsByKey, withdrawTicket } from './tickets.ts';

/** GLPI over its REST API with tokens: a ticket for each conversation, a private followup for each push, documents beside. */
export const glpi: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  findTargets: findTickets,
  findByKey: (context, role, key) => (role === 'container' ? ticketsByKey(context, key) : Promise.resolve([])),
  createContainer: (context, draft, _contact, key) => createTicket(context, draft, key),
  findNotes: findFollowups,
  append: addFollowup,
  findFiles: findDocuments,
  attach: addDocument,
  withdraw: (context, ref, key) => {
    if (ref.role === 'container') return withdrawTicket(context, ref, key);
    if (ref.role === 'note') return withdrawFollowup(context, ref, key);
    if (ref.role === 'file') return withdrawDocument(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `GLPI has no ${ref.role}` }));
  },
  readRecord: readTicket,
  changeRecord: changeTicket,
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/front/ticket.form.php?id=${Number(ref.id)}`,
};
