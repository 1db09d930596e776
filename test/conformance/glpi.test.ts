import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newWorkspaceKey, openPushWorld } from '../integration/crm/support/push-world.ts';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startGlpi } from '../lab/crm/glpi-server.ts';
import type { GlpiOptions } from '../lab/crm/glpi-server.ts';
import { readMarkup } from '../lab/crm/read-html.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

describeConnector('GLPI', {
  connectorId: 'glpi',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: {
    container: ({ method, path }) => method === 'POST' && path.endsWith('/Ticket'),
    note: ({ method, path }) => method === 'POST' && path.endsWith('/ITILFollowup'),
    file: ({ method, path }) => method === 'POST' && path.endsWith('/Document'),
  },
  record: [
    {
      kind: 'ticket',
      facts: (name) => ({
        ...{ name: `XMPP: ${name}`, status: 'New', priority: 'Medium' },
        ...{ statusChoices: ['Processing (assigned)', 'Pending', 'Solved'], priorityChoices: ['Very low', 'Low', 'High', 'Very high'] },
      }),
      later: () => ({ owner: 'Lea Tamm' }),
      changes: [{ field: 'status', value: 'Solved', stored: '5' }, { field: 'priority', value: 'High', stored: '4' }],
    },
  ],
  start: async (): Promise<TestTarget> => {
    const site = await startGlpi();
    const proxy = await HttpFaultProxy.start(site.server.baseUrl);
    const all = (itemtype: string) => [...(site.items[itemtype]?.values() ?? [])];
    return {
      values: { url: proxy.baseUrl, token: site.userToken, appToken: site.appToken },
      mailCount: () => Promise.resolve(site.mailCount()),
      server: { proxy, kill: site.server.kill, restart: site.server.restart },
      violations: () => site.server.violations,
      record: () => {
        const ticket = (name: string) => all('Ticket').find((one) => String(one['name']).endsWith(name));
        return {
          stored: (name, field) => Promise.resolve(String(ticket(name)?.[field])),
          work: (name) => {
            const user = site.add('User', { name: 'lea', firstname: 'Lea', realname: 'Tamm' });
            site.add('Ticket_User', { tickets_id: ticket(name)?.id, users_id: user, type: 2 });
            return Promise.resolve();
          },
          remove: (name) => Promise.resolve(site.remove('Ticket', ticket(name)?.id ?? 0)),
        };
      },
      inspect: (name) => {
        const ids = all('Ticket').filter((ticket) => String(ticket['name']).endsWith(name)).map(({ id }) => id);
        const below = (itemtype: string) => all(itemtype).filter((item) => ids.includes(Number(item['items_id'])));
        return Promise.resolve({
          records: ids.map((id) => ({ id: String(id) })),
          notes: below('ITILFollowup').map((followup) => readMarkup(String(followup['content']))),
          files: below('Document').map((document) => ({
            name: String(document['filename']),
            sha256: createHash('sha256').update(site.bytesOf(document.id)).digest('hex'),
          })),
        });
      },
      stop: async () => {
        await proxy.close();
        await site.server.kill();
      },
    };
  },
});

describe('GLPI, its own ways', () => {
  const workspaceKey = newWorkspaceKey();
  const device = () => {
    const world = openPushWorld({ profileDir: tempFolder('glpi'), workspaceKey });
    onTestFinished(() => world.stop());
    return world;
  };
  const start = async (options?: GlpiOptions) => {
    const site = await startGlpi(options);
    onTestFinished(() => site.server.kill());
    onTestFinished(() => expect([site.server.violations, site.mailCount()]).toEqual([[], 0]));
    return { site, world: device(), values: { url: site.server.baseUrl, token: site.userToken, appToken: site.appToken } };
  };

  it('offers the open ticket of the person whose number it is', async () => {
    const { site, world, values } = await start();
    const connection = await world.connect('glpi', values);
    const user = site.add('User', { name: 'karl', mobile: '+49 1512 3456701' });
    const [open, closed] = [site.add('Ticket', { name: 'Printer', content: '' }), site.add('Ticket', { name: 'Old', content: '', status: 6 })];
    for (const ticket of [open, closed]) site.add('Ticket_User', { tickets_id: ticket, users_id: user, type: 1 });
    const conversation = world.addConversation({ name: 'Kalle', identifiers: [{ kind: 'phone', value: '+4915123456701' }] });
    world.addMessage(conversation, { text: 'Guten Tag' });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview.options).toMatchObject([{ title: 'Printer', reason: 'same-phone', url: `${site.server.baseUrl}/front/ticket.form.php?id=${open}` }, { key: 'create' }]);
    await world.pushAll(conversation, connection);
    expect([...(site.items['ITILFollowup']?.values() ?? [])]).toMatchObject([{ items_id: open, is_private: 1 }]);
  });

  it('signs in again when its session has ended', async () => {
    const { site, world, values } = await start();
    const connection = await world.connect('glpi', values);
    const conversation = world.addConversation({ name: 'Ada' });
    world.addMessage(conversation, { text: 'one' });
    await world.pushAll(conversation, connection);
    site.endSessions();
    world.addMessage(conversation, { text: 'two' });
    expect(await world.pushAll(conversation, connection)).toMatchObject({ state: 'done' });
    expect(site.items['ITILFollowup']?.size).toBe(2);
  });

  it('knows its followups also where GLPI 10 tells its HTML encoded, on many pages', async () => {
    const { site, world, values } = await start({ encodesHtml: true });
    const texts = ['<b>bold</b> & [ref:pal1.aaaaaaaaaaaaaaaa;l=bbbbbbbbbb]', 'two'];
    for (const device_ of [world, device()]) {
      const connection = await device_.connect('glpi', values);
      const conversation = device_.addConversation({ name: 'Ada' });
      for (const [index, text] of texts.entries()) device_.addMessage(conversation, { text, atMs: Date.UTC(2026, 10, 20, 9, index) });
      await device_.pushAll(conversation, connection);
      const [ticket] = [...(site.items['Ticket']?.keys() ?? [])];
      for (let count = 0; count < 120; count += 1) site.add('ITILFollowup', { itemtype: 'Ticket', items_id: ticket, content: 'by hand', is_private: 0 });
    }
    const ours = [...(site.items['ITILFollowup']?.values() ?? [])].filter(({ content }) => content !== 'by hand');
    expect([site.items['Ticket']?.size, ours.length]).toEqual([1, 1]);
  });

  it('refuses a profile that would not find its own followups again', async () => {
    const { world, values } = await start({ rights: { followup: 13327 - 8192 } });
    await expect(world.connect('glpi', values)).rejects.toMatchObject({
      rpcError: { code: 'setup-incomplete', detail: expect.stringContaining('See private ones') as string },
    });
  });
});
