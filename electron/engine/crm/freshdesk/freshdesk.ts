import type { Connector } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { numberOf } from '../http/checked-id.ts';
import { manifest } from './manifest.ts';
import { addFile, addNote, findFiles, findNotes, withdrawNote } from './notes.ts';
import { probe } from './probe.ts';
import { changeTicket, readTicket } from './record.ts';
import { createTicket, findTickets, ticketsByKey, withdrawTicket } from './tickets.ts';

/** Freshdesk with an agent's key: a ticket for each conversation, a private note for each push, one more for each file. */
export const freshdesk: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: false }),
  probe,
  findTargets: findTickets,
  findByKey: (context, role, key) => (role === 'container' ? ticketsByKey(context, key) : Promise.resolve([])),
  createContainer: (context, draft, _contact, key) => createTicket(context, draft, key),
  findNotes,
  append: addNote,
  findFiles,
  attach: addFile,
  withdraw: (context, ref, key) => {
    if (ref.role === 'container') return withdrawTicket(context, ref, key);
    if (ref.role !== 'contact') return withdrawNote(context, ref, key);
    return Promise.reject(new Permanent('rejected', { detail: 'contacts stay' }));
  },
  readRecord: readTicket,
  changeRecord: changeTicket,
  link: (values, ref) => `${checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true })}/a/tickets/${numberOf(ref.id)}`,
};
