import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startZammadServer, zammadGroup, zammadToken } from '../lab/crm/zammad-server.ts';
import { openPushWorld } from '../integration/crm/support/push-world.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

describeConnector('Zammad', {
  connectorId: 'zammad',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: {
    container: ({ method, path }) => method === 'POST' && path === '/api/v1/tickets',
    note: ({ method, path, body }) => method === 'POST' && path === '/api/v1/ticket_articles' && !body.includes('"attachments":'),
    file: ({ method, path, body }) => method === 'POST' && path === '/api/v1/ticket_articles' && body.includes('"attachments":'),
  },
  record: [
    {
      kind: 'ticket',
      facts: (name) => ({ name: `XMPP: ${name}`, status: 'new', priority: '2 normal', statusChoices: ['open', 'closed'], priorityChoices: ['1 low', '3 high'] }),
      changes: [{ field: 'status', value: 'open', stored: 'open' }, { field: 'priority', value: '3 high', stored: '3 high' }],
    },
  ],
  start: async (): Promise<TestTarget> => {
    const server = await startZammadServer();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, token: zammadToken, group: zammadGroup },
      // What Zammad sends out: everything but notes inside.
      mailCount: () => Promise.resolve(server.articles.filter(({ type, isInternal }) => type !== 'note' || !isInternal).length),
      server: { proxy, kill: server.kill, restart: server.restart },
      violations: () => server.violations,
      record: () => {
        const ticket = (name: string) => server.tickets.find(({ title }) => title.endsWith(name));
        return {
          stored: (name, field) => Promise.resolve((field === 'status' ? ticket(name)?.state : ticket(name)?.priority) ?? ''),
          remove: (name) => Promise.resolve(server.removeTicket(ticket(name)?.id ?? 0)),
        };
      },
      inspect: (name) => {
        // The empty twin of a race is closed and carries no key: an agent may not delete it.
        const tickets = server.tickets.filter(({ title, state }) => title.includes(name) && state !== 'closed');
        const articles = server.articles.filter(({ ticketId, isInternal }) => isInternal && tickets.some(({ id }) => id === ticketId));
        const texts = articles.filter(({ attachments, body }) => attachments.length === 0 && body.includes('[ref:'));
        return Promise.resolve({
          records: tickets.map(({ id }) => ({ id: String(id) })),
          notes: texts.map(({ body }) => body),
          files: articles
            .flatMap(({ attachments }) => attachments)
            .map(({ filename, data }) => ({ name: filename, sha256: createHash('sha256').update(data).digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});

describe('Zammad, set up in another way', () => {
  const open = async () => {
    const server = await startZammadServer();
    const world = openPushWorld({ profileDir: tempFolder('crm-zammad') });
    const connection = await world.connect('zammad', { url: server.baseUrl, token: zammadToken, group: zammadGroup });
    return { server, world, connection, stop: () => Promise.all([world.stop(), server.kill()]) };
  };

  it('names the attribute and the rights that are missing', async () => {
    const { server, world, connection, stop } = await open();
    Object.assign(server.setUp, { hasAttribute: false, access: ['read'] });
    const { isUsable, findings } = await world.crm.probe({ id: connection });
    expect(isUsable).toBe(false);
    expect(findings.map(({ code, detail }) => `${code} ${detail}`)).toEqual([
      'right-missing 2nd Level: create',
      'right-missing 2nd Level: change',
      'ticket-attribute-missing palomar_key',
    ]);
    await stop();
  });

  it('offers the open ticket of a customer with this number, however it is typed, and writes into it', async () => {
    const { server, world, connection, stop } = await open();
    server.users.push({ id: 12, login: 'marta', email: '', phone: '', mobile: '+34 612 34 56 78' });
    const headers = { authorization: `Token token=${zammadToken}`, 'content-type': 'application/json' };
    const article = { body: 'hello', type: 'phone' };
    const body = JSON.stringify({ title: 'Order 777', group: zammadGroup, customer_id: 12, article });
    await fetch(`${server.baseUrl}/api/v1/tickets`, { method: 'POST', headers, body });
    const conversation = world.addConversation({ name: 'Marta', identifiers: [{ kind: 'phone', value: '+34612345678' }] });
    world.addMessage(conversation, { text: 'buenos días' });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview.options[0]).toMatchObject({ key: 'use:ticket:1', reason: 'same-phone', title: 'Order 777' });
    await world.pushAll(conversation, connection);
    expect(server.tickets).toHaveLength(1);
    expect(server.articles.filter(({ body: text }) => text.includes('buenos días'))).toHaveLength(1);
    expect(server.violations).toEqual([]);
    await stop();
  });

  it('keeps a note that Zammad does not let go any more, and says so', async () => {
    const { server, world, connection, stop } = await open();
    server.setUp.deletableForMs = 0;
    const conversation = world.addConversation({ name: 'Marta' });
    world.addMessage(conversation, { text: 'buenos días' });
    const push = await world.pushAll(conversation, connection);
    expect(await world.crm.withdraw({ id: push.id })).toEqual({ withdrawnCount: 0, keptCount: 1 });
    expect(server.articles.filter(({ body }) => body.includes('buenos días'))).toHaveLength(1);
    await stop();
  });
});
