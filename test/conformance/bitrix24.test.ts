import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newWorkspaceKey, openPushWorld } from '../integration/crm/support/push-world.ts';
import type { PushWorld } from '../integration/crm/support/push-world.ts';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { readComment, startBitrix24 } from '../lab/crm/bitrix24-server.ts';
import type { BitrixOptions } from '../lab/crm/bitrix24-server.ts';
import { describeConnector } from './connector.ts';
import type { ConnectorSuite, TestTarget } from './connector.ts';

const nameOf = (contact: Record<string, unknown>): string => [contact['NAME'], contact['LAST_NAME']].filter(Boolean).join(' ');

/** On contacts, or on a deal of each. */
const startPortal = async (recordKind: 'contact' | 'deal'): Promise<TestTarget> => {
  const portal = await startBitrix24({ bucketSize: 100_000 });
  const proxy = await HttpFaultProxy.start(portal.server.baseUrl);
  return {
    values: { inboundWebhook: `${proxy.baseUrl}${portal.webhookPath}`, ...(recordKind === 'deal' ? { recordKind } : {}) },
    mailCount: null,
    server: { proxy, kill: portal.server.kill, restart: portal.server.restart },
    violations: () => portal.server.violations,
    record: (kind) => {
      const dealOf = (name: string) => Number([...portal.deals.values()].find(({ TITLE }) => TITLE.endsWith(name))?.ID);
      const idOf = (name: string) => Number([...portal.contacts.values()].find((contact) => nameOf(contact) === name)?.ID);
      return {
        work: (name) => {
          const contactId = idOf(name);
          portal.addDeal({ contactId, title: 'Oferta', stageId: 'NEW', isClosed: false });
          portal.addDeal({ contactId, title: 'Oferta', stageId: 'WON', isClosed: true });
          portal.addDeal({ contactId, title: 'Avería', stageId: 'C5:NEW', isClosed: false });
          return Promise.resolve();
        },
        remove: (name) => Promise.resolve(kind === 'deal' ? portal.removeDeal(dealOf(name)) : portal.removeContact(idOf(name))),
      };
    },
    inspect: (name) => {
      const people = [...portal.contacts.values()].filter((contact) => nameOf(contact) === name).map(({ ID }) => Number(ID));
      const deals = [...portal.deals.values()].filter(({ CONTACT_ID }) => people.includes(Number(CONTACT_ID))).map(({ ID }) => Number(ID));
      const ids = recordKind === 'deal' ? deals : people;
      const comments = [...portal.comments.values()].filter(({ entityType, ownerId }) => entityType === recordKind && ids.includes(ownerId));
      return Promise.resolve({
        records: ids.map((id) => ({ id: String(id) })),
        notes: comments.map(({ text }) => readComment(text)),
        files: comments.flatMap(({ files }) => files).map(({ name: file, bytes }) => ({ name: file, sha256: createHash('sha256').update(bytes).digest('hex') })),
      });
    },
    stop: async () => {
      await proxy.close();
      await portal.server.kill();
    },
  };
};

const writes = {
  contact: ({ path }) => path.endsWith('/crm.contact.add'),
  note: ({ path }) => path.endsWith('/crm.timeline.comment.add'),
} satisfies ConnectorSuite['writes'];

describeConnector('Bitrix24', {
  connectorId: 'bitrix24',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes,
  record: [
    {
      kind: 'contact',
      facts: (name) => ({ name, owner: 'Lea Tamm', openTickets: [] }),
      later: () => ({ openTickets: [{ title: 'Avería', status: 'First call' }, { title: 'Oferta', status: 'New' }] }),
    },
  ],
  start: () => startPortal('contact'),
});

describeConnector('Bitrix24, into deals', {
  connectorId: 'bitrix24',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: { ...writes, container: ({ path }) => path.endsWith('/crm.deal.add') },
  record: [{ kind: 'deal', facts: (name) => ({ name: `XMPP: ${name}`, owner: 'Lea Tamm', stage: 'New' }) }],
  start: () => startPortal('deal'),
});

describe('Bitrix24, its own ways', () => {
  const workspaceKey = newWorkspaceKey();

  const device = (): PushWorld => {
    const world = openPushWorld({ profileDir: tempFolder('bitrix'), workspaceKey });
    onTestFinished(() => world.stop());
    return world;
  };

  const start = async (options?: BitrixOptions) => {
    const portal = await startBitrix24(options);
    onTestFinished(() => portal.server.kill());
    const values = { inboundWebhook: `${portal.server.baseUrl}${portal.webhookPath}profile.json` };
    return { portal, world: device(), values };
  };

  it('keeps the whole address sealed, and only its server in the open', async () => {
    const { world, values, portal } = await start();
    await world.connect('bitrix24', values);
    const [row] = world.db.prepare('SELECT field_values FROM crm_connections').all() as { field_values: string }[];
    expect(JSON.parse(row?.field_values ?? '{}')).toEqual({ url: portal.server.baseUrl });
  });

  it('finds a contact by a number that is written another way, and fills only what is empty', async () => {
    const { world, portal, values } = await start();
    const connection = await world.connect('bitrix24', values);
    const id = portal.addContact({ NAME: 'Karl', LAST_NAME: 'Weber', PHONE: [{ VALUE: '+49 151 2345-6701', VALUE_TYPE: 'WORK' }] });
    const conversation = world.addConversation({ name: 'Kalle', handle: 'kalle@levante.example', identifiers: [{ kind: 'phone', value: '+4915123456701' }, { kind: 'email', value: 'karl@weber.example' }] });
    world.addMessage(conversation, { text: 'Guten Tag' });
    const push = await world.pushAll(conversation, connection);
    expect(push).toMatchObject({ state: 'done', url: `${portal.server.baseUrl}/crm/contact/details/${id}/` });
    const stored = (name: string) => (portal.contacts.get(id)?.[name] as { VALUE: string }[]).map(({ VALUE }) => VALUE);
    expect([stored('PHONE'), stored('EMAIL')]).toEqual([['+49 151 2345-6701'], ['karl@weber.example']]);
    expect(portal.contacts.size).toBe(1);
  });

  it('calls nobody and loads nothing that a customer writes as BB code', async () => {
    const { world, portal, values } = await start();
    const connection = await world.connect('bitrix24', values);
    const text = '[USER=1]Lea[/USER] [IMG]https://evil.example/x.png[/IMG] [*] [url=https://evil.example]bank[/url]';
    const conversation = world.addConversation({ name: 'Eve' });
    world.addMessage(conversation, { text });
    await world.pushAll(conversation, connection);
    const comment = [...portal.comments.values()].at(-1);
    expect(comment?.text).not.toMatch(/\[\/?(?:user|img|url|\*)/i);
    expect(readComment(comment?.text ?? '')).toContain(text);
  });

  it('reads all pages of a long timeline before it writes', async () => {
    const { world, portal, values } = await start({ bucketSize: 100_000 });
    const connection = await world.connect('bitrix24', values);
    const conversation = world.addConversation({ name: 'Long' });
    for (let count = 0; count < 60; count += 1) {
      world.addMessage(conversation, { text: `mensaje ${count}` });
      await world.pushAll(conversation, connection);
    }
    const before = portal.comments.size;
    const again = device();
    const sameConnection = await again.connect('bitrix24', values);
    const same = again.addConversation({ name: 'Long' });
    const stored = world.db.prepare('SELECT text, sent_at_ms AS at FROM messages WHERE conversation_id = ? AND kind = ? ORDER BY id').all(conversation, 'message') as { text: string; at: number }[];
    for (const { text, at } of stored) again.addMessage(same, { text, atMs: at });
    await again.pushAll(same, sameConnection);
    expect(portal.comments.size).toBe(before);
  });

  it('waits when the bucket is full, and is done then', async () => {
    const { world, portal, values } = await start({ bucketSize: 9, leaksPerSecond: 3 });
    const connection = await world.connect('bitrix24', values);
    const conversation = world.addConversation({ name: 'Ada' });
    world.addMessage(conversation, { text: 'hola' });
    const push = await world.pushAll(conversation, connection);
    expect(push.state).toBe('done');
    expect(world.pushes.some(({ fault }) => fault?.code === 'rate-limited')).toBe(true);
    expect(portal.refusedCount()).toBeGreaterThan(0);
    expect([portal.contacts.size, portal.comments.size]).toEqual([1, 1]);
  });

  it('takes another webhook of the same portal, and none without its address typed anew', async () => {
    const { world, portal, values } = await start();
    const id = await world.connect('bitrix24', values);
    await world.crm.renew({ id, values: {} });
    await world.crm.renew({ id, values: { inboundWebhook: `${portal.server.baseUrl}${portal.webhookPath}` } });
    expect(world.crm.connections()).toMatchObject([{ id, state: 'ready' }]);
    await expect(world.crm.renew({ id, values: { inboundWebhook: `${portal.server.baseUrl}/rest/1/wr0ngwr0ngwr0ng/` } })).rejects.toMatchObject({
      rpcError: { code: 'needs-login' },
    });
  });

  it('says of a contact what its webhook may see, where users are not among it', async () => {
    const { world, values } = await start({ scopes: ['crm'] });
    const connectionId = await world.connect('bitrix24', values);
    const conversationId = world.addConversation({ name: 'Ada' });
    world.addMessage(conversationId, { text: 'hola' });
    await world.pushAll(conversationId, connectionId);
    expect(await world.crm.followUp.record({ conversationId, connectionId })).toEqual({ name: 'Ada', openTickets: [] });
  });

  it('says which box of the webhook is not ticked', async () => {
    const { world, values } = await start({ scopes: ['user_brief'] });
    await expect(world.connect('bitrix24', values)).rejects.toMatchObject({ rpcError: { code: 'setup-incomplete', detail: expect.stringContaining('webhook-scope-missing') as string } });
  });

  it('says so where deals may not be seen, and only to those who write to deals', async () => {
    const { world, values } = await start({ hasDealRights: false });
    const refusal = { code: 'setup-incomplete', detail: expect.stringContaining('Deals: read, add') as string };
    await expect(world.connect('bitrix24', { ...values, recordKind: 'deal' })).rejects.toMatchObject({ rpcError: refusal });
    await world.connect('bitrix24', values);
  });
});
