// needs: nothing
import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startFreshdesk } from '../lab/crm/freshdesk-server.ts';
import { readHtml } from '../lab/crm/read-html.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

const unwrap = (html: string): string => html.replace(/^<div>(.*)<\/div>$/s, '$1');
const isNote = ({ method, path }: { readonly method: string; readonly path: string }): boolean => method === 'POST' && path.endsWith('/notes');

describeConnector('Freshdesk', {
  connectorId: 'freshdesk',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: {
    contact: ({ method, path }) => method === 'POST' && path === '/api/v2/contacts',
    container: ({ method, path }) => method === 'POST' && path === '/api/v2/tickets',
    note: (seen) => isNote(seen) && !seen.body.includes('attachments[]'),
    file: (seen) => isNote(seen) && seen.body.includes('attachments[]'),
  },
  record: [
    {
      kind: 'ticket',
      facts: (name) => ({
        ...{ name: `XMPP: ${name}`, status: 'Open', priority: 'Low', owner: 'Jordi Llach' },
        ...{ statusChoices: ['Pending', 'Resolved', 'Closed'], priorityChoices: ['Medium', 'High', 'Urgent'] },
      }),
      changes: [{ field: 'status', value: 'Resolved', stored: '4' }, { field: 'priority', value: 'Urgent', stored: '4' }],
    },
  ],
  start: async (): Promise<TestTarget> => {
    const freshdesk = await startFreshdesk();
    const { server } = freshdesk;
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, token: freshdesk.token },
      violations: () => server.violations,
      // Freshdesk mails a requester who has an address, and whoever may read a note that is not private.
      mailCount: () =>
        Promise.resolve(
          freshdesk.tickets().filter((ticket) => freshdesk.contactOf(ticket)?.email !== null || freshdesk.notesOf(ticket.id).some(({ isPrivate }) => !isPrivate)).length,
        ),
      server: { proxy, kill: server.kill, restart: server.restart },
      record: () => {
        const ticket = (name: string) => freshdesk.tickets().find(({ subject }) => subject.endsWith(name));
        return {
          stored: (name, field) => Promise.resolve(String(ticket(name)?.[field])),
          remove: (name) => Promise.resolve(freshdesk.deleteTicket(ticket(name)?.id ?? 0)),
        };
      },
      inspect: (name) => {
        const tickets = freshdesk.tickets().filter(({ subject }) => subject.endsWith(name));
        const notes = tickets.flatMap(({ id }) => freshdesk.notesOf(id)).filter(({ isPrivate }) => isPrivate);
        return Promise.resolve({
          records: tickets.map(({ id }) => ({ id: String(id) })),
          notes: notes.filter(({ files }) => files.length === 0).map(({ html }) => readHtml(unwrap(html))),
          files: notes.flatMap(({ files }) => files).map((file) => ({ name: file.name, sha256: createHash('sha256').update(file.bytes).digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});
