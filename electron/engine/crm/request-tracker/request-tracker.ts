import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { addComment, findComments } from './comments.ts';
import { manifest } from './manifest.ts';
import { probe, sideEffects } from './probe.ts';
import { changeTicket, readTicket } from './record.ts';
import { createTicket, findTickets, ticketsByKey, withdrawTicket } from './tickets.ts';

/** Request Tracker 5 over REST2: a ticket for each conversation, a comment with its files for each push. */
export const requestTracker: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  sideEffects,
  findTargets: findTickets,
  findByKey: (context, role, key) => (role === 'container' ? ticketsByKey(context, key) : Promise.resolve([])),
  createContainer: (context, draft, _contact, key) => createTicket(context, draft, key),
  findNotes: findComments,
  append: addComment,
  withdraw: (context, ref, key) => {
    if (ref.role === 'container') return withdrawTicket(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: 'Request Tracker keeps comments' }));
  },
  readRecord: readTicket,
  changeRecord: changeTicket,
  link: (values, ref) => {
    const base = checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true });
    return `${base}/Ticket/Display.html?id=${Number(ref.id)}`;
  },
};
