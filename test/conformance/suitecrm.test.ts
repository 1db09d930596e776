import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startSuiteServer, suiteClient } from '../lab/crm/suitecrm-server.ts';
import { openPushWorld } from '../integration/crm/support/push-world.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

/** The two signs that are written in full width, because SuiteCRM takes markup out. */
const asPreviewed = (text: unknown): string => String(text).replaceAll('＜', '<').replaceAll('＆', '&');

describeConnector('SuiteCRM', {
  connectorId: 'suitecrm',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: {
    contact: ({ method, body }) => method === 'POST' && body.includes('"type":"Contacts"'),
    note: ({ method, body }) => method === 'POST' && body.includes('"type":"Notes"') && !body.includes('"filecontents":'),
    file: ({ method, body }) => method === 'POST' && body.includes('"filecontents":'),
  },
  record: [
    {
      kind: 'contact',
      facts: (name) => ({ name, owner: 'Jordi "Jo" Llach', openTickets: [] }),
      later: () => ({ openTickets: [{ title: "L'avería", status: 'Pending Input' }] }),
    },
  ],
  start: async (): Promise<TestTarget> => {
    const server = await startSuiteServer();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, ...suiteClient },
      mailCount: null,
      server: { proxy, kill: server.kill, restart: server.restart },
      violations: () => server.violations,
      record: () => {
        const idOf = (name: string) => server.living('Contacts').find(({ attributes }) => `${String(attributes['first_name'])} ${String(attributes['last_name'])}` === name)?.id ?? '';
        return {
          work: (name) => {
            server.addCase(idOf(name), { name: 'Done', state: 'Closed', status: 'Closed_Closed' });
            server.addCase(idOf(name), { name: "L'avería", state: 'Open', status: 'Open_Pending Input' });
            return Promise.resolve();
          },
          remove: (name) => Promise.resolve(server.remove('Contacts', idOf(name))),
        };
      },
      inspect: (name) => {
        const contacts = server.living('Contacts').filter(({ attributes }) => `${String(attributes['first_name'])} ${String(attributes['last_name'])}` === name);
        const notes = server.living('Notes').filter(({ attributes }) => contacts.some(({ id }) => attributes['contact_id'] === id));
        return Promise.resolve({
          records: contacts.map(({ id }) => ({ id })),
          notes: notes.filter(({ bytes }) => bytes === null).map(({ attributes }) => asPreviewed(attributes['description'])),
          files: notes.flatMap(({ attributes, bytes }) =>
            bytes === null ? [] : [{ name: String(attributes['filename']), sha256: createHash('sha256').update(bytes).digest('hex') }],
          ),
        });
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});

describe('SuiteCRM, set up in another way', () => {
  const open = async (more: Readonly<Record<string, string>> = {}) => {
    const server = await startSuiteServer();
    const world = openPushWorld({ profileDir: tempFolder('crm-suite') });
    const connect = () => world.connect('suitecrm', { url: server.baseUrl, ...suiteClient, ...more });
    return { server, world, connect, stop: () => Promise.all([world.stop(), server.kill()]) };
  };

  it('names the rights that are missing', async () => {
    const { server, world, connect, stop } = await open();
    const connection = await connect();
    server.setUp.access = { Contacts: ['list', 'view', 'edit'], Notes: ['list', 'view'] };
    const { isUsable, findings } = await world.crm.probe({ id: connection });
    expect(isUsable).toBe(false);
    expect(findings.map(({ code, detail }) => `${code} ${detail}`)).toEqual(['right-missing Notes: edit', 'right-missing Notes: delete']);
    await stop();
  });

  it('says of a contact what its role may see, where cases are not among it', async () => {
    const { server, world, connect, stop } = await open();
    const connectionId = await connect();
    server.setUp.access = { Contacts: ['list', 'view', 'edit'], Notes: ['list', 'view', 'edit', 'delete'] };
    const conversationId = world.addConversation({ name: "Marta O'Neil" });
    world.addMessage(conversationId, { text: 'uno' });
    await world.pushAll(conversationId, connectionId);
    server.addCase(server.living('Contacts')[0]?.id ?? '', { name: 'Avería', state: 'Open', status: 'Open_New' });
    expect(await world.crm.followUp.record({ conversationId, connectionId })).toMatchObject({ name: "Marta O'Neil", openTickets: [] });
    await stop();
  });

  it('signs in with a password where the client is of that kind, and says when it is wrong', async () => {
    const right = await open({ user: 'marta', password: 'right' });
    expect(await right.connect()).toBeGreaterThan(0);
    await right.stop();
    const wrong = await open({ user: 'marta', password: 'wrong' });
    await expect(wrong.connect()).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
    await wrong.stop();
  });

  it('takes a new token when the old one is refused, and writes once', async () => {
    const { server, world, connect, stop } = await open();
    const connection = await connect();
    const conversation = world.addConversation({ name: 'Marta Ruiz' });
    world.addMessage(conversation, { text: 'uno' });
    await world.pushAll(conversation, connection);
    server.endTokens();
    world.addMessage(conversation, { text: 'dos' });
    expect((await world.pushAll(conversation, connection)).state).toBe('done');
    expect(server.living('Notes')).toHaveLength(2);
    await stop();
  });

  it('survives a script in a message, which SuiteCRM would empty the note for', async () => {
    const { server, world, connect, stop } = await open();
    const connection = await connect();
    const conversation = world.addConversation({ name: 'Eve Ruiz' });
    world.addMessage(conversation, { text: '<script>alert(1)</script> &lt;script&gt; a & b' });
    await world.pushAll(conversation, connection);
    const [note] = server.living('Notes');
    expect(note?.attributes['description']).toContain('＜script>alert(1)＜/script> ＆lt;script＆gt; a & b');
    expect(server.violations).toEqual([]);
    await stop();
  });

  it('suggests the contact with this number, and fills only what it lacks', async () => {
    const { server, world, connect, stop } = await open();
    const connection = await connect();
    const first = world.addConversation({ name: 'Marta', identifiers: [{ kind: 'phone', value: '+34612345678' }] });
    world.addMessage(first, { text: 'uno' });
    await world.pushAll(first, connection);
    const again = openPushWorld({ profileDir: tempFolder('crm-suite-2') });
    const second = await again.connect('suitecrm', { url: server.baseUrl, ...suiteClient });
    const identifiers = [{ kind: 'phone', value: '+34612345678' }, { kind: 'email', value: 'marta@levante.example' }] as const;
    const conversation = again.addConversation({ name: 'M. R.', handle: 'other@levante.example', identifiers });
    again.addMessage(conversation, { text: 'dos' });
    const preview = await again.crm.plan({ conversationId: conversation, connectionId: second });
    expect(preview.suggestedKey).toBe(`use:contact:${server.living('Contacts')[0]?.id}`);
    await again.pushAll(conversation, second);
    expect(server.living('Contacts')[0]?.attributes).toMatchObject({ last_name: 'Marta', email1: 'marta@levante.example' });
    await again.stop();
    await stop();
  });
});
