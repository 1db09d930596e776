import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { addArticle, addFileArticle, findArticles, findFileArticles, withdrawArticle } from './articles.ts';
import { manifest } from './manifest.ts';
import { probe } from './probe.ts';
import { changeTicket, readTicket } from './record.ts';
import { createTicket, findTickets, ticketsByKey, withdrawTicket } from './tickets.ts';

/** Zammad over REST: a ticket for each conversation, an internal note for each push and for each file. */
export const zammad: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  findTargets: findTickets,
  findByKey: (context, role, key) => (role === 'container' ? ticketsByKey(context, key) : Promise.resolve([])),
  createContainer: (context, draft, _contact, key) => createTicket(context, draft, key),
  findNotes: findArticles,
  findFiles: findFileArticles,
  append: addArticle,
  attach: addFileArticle,
  withdraw: (context, ref, key) => {
    if (ref.role === 'container') return withdrawTicket(context, ref, key);
    if (ref.role === 'note' || ref.role === 'file') return withdrawArticle(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: `Zammad has no ${ref.role}` }));
  },
  readRecord: readTicket,
  changeRecord: changeTicket,
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/#ticket/zoom/${Number(ref.id)}`,
};
