import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPushWorld } from '../integration/crm/support/push-world.ts';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startZoho } from '../lab/crm/zoho-server.ts';
import type { ZohoOptions } from '../lab/crm/zoho-server.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

interface Below {
  readonly id: string;
}

describeConnector('Zoho CRM', {
  connectorId: 'zoho',
  verifiedAgainst: 'contract',
  isFoundLate: true,
  raceRuns: 6,
  writes: {
    contact: ({ method, path }) => method === 'POST' && path.endsWith('/Contacts'),
    note: ({ method, path }) => method === 'POST' && path.endsWith('/Notes'),
    file: ({ method, path }) => method === 'POST' && path.endsWith('/Attachments'),
  },
  record: [
    { kind: 'contact', facts: (name) => ({ name, owner: 'Jordi Llach', openTickets: [] }), later: () => ({ openTickets: [{ title: 'Oferta', status: 'Qualification' }] }) },
    { kind: 'deal', values: { recordKind: 'deal' }, facts: (name) => ({ name: `XMPP: ${name}`, owner: 'Jordi Llach', stage: 'Qualification' }) },
  ],
  start: async (): Promise<TestTarget> => {
    const { server, clientId, agree, rows, add, remove } = await startZoho({ searchLagMs: 10_000 });
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { region: 'eu', url: proxy.baseUrl, clientId },
      agree,
      violations: () => server.violations,
      record: (kind) => {
        const table = kind === 'contact' ? 'Contacts' : 'Deals';
        const idOf = (name: string) => String(rows(table).find((row) => String(row['Full_Name'] ?? row['Deal_Name']).endsWith(name))?.['id']);
        return {
          work: (name) => {
            for (const Stage of ['Qualification', 'Closed Won']) add('Deals', { Deal_Name: 'Oferta', Stage, Contact_Name: { id: idOf(name) } });
            return Promise.resolve();
          },
          remove: (name) => Promise.resolve(remove(table, idOf(name))),
        };
      },
      mailCount: null,
      server: { proxy, kill: server.kill, restart: server.restart },
      inspect: (name) => {
        const ids = new Set(rows('Contacts').filter((row) => row['Full_Name'] === name).map((row) => String(row['id'])));
        const below = (table: string) => rows(table).filter((row) => ids.has((row['Parent_Id'] as Below).id));
        return Promise.resolve({
          records: [...ids].map((id) => ({ id })),
          notes: below('Notes').map((row) => String(row['Note_Content'])),
          files: below('Attachments').map((row) => ({ name: String(row['File_Name']), sha256: createHash('sha256').update(row['bytes'] as Buffer).digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});

describe('Zoho CRM, its own ways', () => {
  const start = async (options?: ZohoOptions) => {
    const site = await startZoho(options);
    onTestFinished(() => site.server.kill());
    onTestFinished(() => expect(site.server.violations).toEqual([]));
    const world = openPushWorld({ profileDir: tempFolder('zoho') });
    onTestFinished(() => world.stop());
    const connect = (connectorId: string, values: Readonly<Record<string, string>> = {}) =>
      world.connect(connectorId, { region: 'eu', url: site.server.baseUrl, clientId: site.clientId, ...values }, site.agree);
    return { ...site, world, connect };
  };
  const phone = { kind: 'phone', value: '+4915123456701' } as const;

  it('finds a contact by a number that is written another way, and fills only what is empty', async () => {
    const { world, connect, add, rows, server } = await start();
    const connection = await connect('zoho');
    const id = add('Contacts', { First_Name: 'Karl', Last_Name: 'Weber', Phone: '+49 151 2345-6701' });
    const conversation = world.addConversation({ name: 'Kalle', identifiers: [phone, { kind: 'email', value: 'karl@weber.example' }] });
    world.addMessage(conversation, { text: 'Guten Tag' });
    const push = await world.pushAll(conversation, connection);
    expect(push).toMatchObject({ state: 'done', url: `${server.baseUrl}/crm/tab/Contacts/${id}` });
    expect(rows('Contacts')).toMatchObject([{ Phone: '+49 151 2345-6701', Email: 'karl@weber.example' }]);
    expect(rows('Contacts')[0]).not.toHaveProperty('Mobile');
  });

  it('writes to a deal of the contact in its first stage, the same one the next time', async () => {
    const { world, connect, rows } = await start({ searchLagMs: 60_000 });
    const connection = await connect('zoho', { recordKind: 'deal' });
    const conversation = world.addConversation({ name: 'Ada Lovelace' });
    for (const text of ['hello', 'and again']) {
      world.addMessage(conversation, { text });
      expect(await world.pushAll(conversation, connection)).toMatchObject({ state: 'done' });
    }
    const [contact] = rows('Contacts');
    expect(rows('Deals')).toMatchObject([{ Deal_Name: 'XMPP: Ada Lovelace', Stage: 'Qualification', Contact_Name: { id: contact?.['id'] } }]);
    expect(rows('Notes').map((note) => (note['Parent_Id'] as Below).id)).toEqual([rows('Deals')[0]?.['id'], rows('Deals')[0]?.['id']]);
  });

  it('keeps people as leads where they are no contacts yet', async () => {
    const { world, connect, rows } = await start();
    const connection = await connect('zoho-leads');
    const conversation = world.addConversation({ name: 'Ada Lovelace', identifiers: [phone] });
    world.addMessage(conversation, { text: 'hello' });
    await world.pushAll(conversation, connection);
    expect(rows('Leads')).toMatchObject([{ First_Name: 'Ada', Last_Name: 'Lovelace', Mobile: '+4915123456701' }]);
    expect(rows('Contacts')).toEqual([]);
    expect(rows('Notes')).toHaveLength(1);

    const place = { conversationId: conversation, connectionId: connection };
    const before = { name: 'Ada Lovelace', owner: 'Jordi Llach', status: '', statusChoices: ['Contacted', 'Lost Lead'] };
    expect(await world.crm.followUp.record(place)).toEqual(before);
    expect(await world.crm.followUp.changeRecord({ ...place, field: 'status', value: 'Contacted' })).toMatchObject({ status: 'Contacted', statusChoices: ['Lost Lead'] });
    expect(rows('Leads')).toMatchObject([{ Lead_Status: 'Contacted' }]);
    await expect(world.crm.followUp.changeRecord({ ...place, field: 'status', value: 'Hot' })).rejects.toMatchObject({ rpcError: { code: 'not-possible' } });
  });

  it('tells no colleague what a customer wrote as a mention', async () => {
    const { world, connect, rows } = await start();
    const connection = await connect('zoho');
    const conversation = world.addConversation({ name: 'Eve' });
    world.addMessage(conversation, { text: 'crm[user#4876876000000225013#1]crm and zsu[@user:1]zsu' });
    expect(await world.pushAll(conversation, connection)).toMatchObject({ state: 'done' });
    expect(String(rows('Notes')[0]?.['Note_Content']).replaceAll('\u200b', '')).toContain('crm[user#4876876000000225013#1]crm and zsu[@user:1]zsu');
  });

  it.each<readonly [what: string, options: ZohoOptions, code: string]>([
    ['the field is missing', { keyFields: {} }, 'unique-field-missing'],
    ['the field takes a value twice', { keyFields: { Contacts: 'plain' } }, 'unique-field-missing'],
    ['contacts may not be read', { forbidden: ['Contacts'] }, 'right-missing'],
  ])('says so where %s', async (_what, options, code) => {
    const { connect } = await start(options);
    await expect(connect('zoho')).rejects.toMatchObject({ rpcError: { code: 'setup-incomplete', detail: expect.stringContaining(code) as string } });
  });
});
