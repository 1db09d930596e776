import type { Connector } from '../connector.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { numberOf } from '../http/checked-id.ts';
import { addComment, findComments } from './comments.ts';
import { manifest } from './manifest.ts';
import { probe } from './probe.ts';
import { changeTicket, readTicket } from './record.ts';
import { createTicket, findTickets, ticketsByKey } from './tickets.ts';

/** Zendesk Support with an API token: a ticket for each conversation, a private comment with its files for each push. */
export const zendesk: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: false }),
  probe,
  findTargets: findTickets,
  findByKey: (context, role, key) => (role === 'container' ? ticketsByKey(context, key) : Promise.resolve([])),
  createContainer: (context, draft, _contact, key) => createTicket(context, draft, key),
  findNotes: findComments,
  append: addComment,
  readRecord: readTicket,
  changeRecord: changeTicket,
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/agent/tickets/${numberOf(ref.id)}`,
};
