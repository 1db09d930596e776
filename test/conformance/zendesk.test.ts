// needs: nothing
import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { readHtml } from '../lab/crm/read-html.ts';
import { startZendesk } from '../lab/crm/zendesk-server.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

/** What Zendesk lays around a comment. */
const unwrap = (html: string): string => html.replace(/^<div class="zd-comment" dir="auto">(.*)<\/div>$/s, '$1');

describeConnector('Zendesk', {
  connectorId: 'zendesk',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: {
    container: ({ method, path }) => method === 'POST' && path === '/api/v2/tickets',
    note: ({ method, path }) => method === 'PUT' && path.startsWith('/api/v2/tickets/'),
  },
  record: [
    {
      kind: 'ticket',
      facts: (name) => ({ name: `XMPP: ${name}`, status: 'open', priority: '', owner: 'Jordi Llach', statusChoices: ['pending', 'solved'], priorityChoices: ['low', 'normal', 'high', 'urgent'] }),
      changes: [{ field: 'status', value: 'solved', stored: 'solved' }, { field: 'priority', value: 'urgent', stored: 'urgent' }],
    },
  ],
  start: async (): Promise<TestTarget> => {
    const zendesk = await startZendesk();
    const { server } = zendesk;
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, user: zendesk.user, token: zendesk.token },
      violations: () => server.violations,
      // Zendesk mails a requester about public comments, and about their new ticket.
      mailCount: () => Promise.resolve(zendesk.tickets().filter(({ requesterId, comments }) => requesterId !== zendesk.agentId || comments.some(({ isPublic }) => isPublic)).length),
      server: { proxy, kill: server.kill, restart: server.restart },
      record: () => {
        const ticket = (name: string) => zendesk.tickets().find(({ subject }) => subject.endsWith(name));
        return {
          stored: (name, field) => Promise.resolve(ticket(name)?.[field] ?? ''),
          remove: (name) => Promise.resolve(zendesk.deleteTicket(ticket(name)?.id ?? 0)),
        };
      },
      inspect: (name) => {
        const tickets = zendesk.tickets().filter(({ subject }) => subject.endsWith(name));
        const comments = tickets.flatMap((ticket) => ticket.comments.slice(1)).filter(({ isPublic }) => !isPublic);
        return Promise.resolve({
          records: tickets.map(({ id }) => ({ id: String(id) })),
          notes: comments.map(({ html }) => readHtml(unwrap(html))),
          files: comments.flatMap(({ files }) => files).map((file) => ({ name: file.name, sha256: createHash('sha256').update(file.bytes).digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});
