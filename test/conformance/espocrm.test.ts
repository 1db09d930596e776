import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { espoKey, startEspoServer } from '../lab/crm/espocrm-server.ts';
import { newWorkspaceKey, openPushWorld } from '../integration/crm/support/push-world.ts';
import { describeConnector } from './connector.ts';
import type { ConnectorSuite, TestTarget } from './connector.ts';

/** On contacts, or on a case of each. */
const start = async (recordKind: 'contact' | 'case'): Promise<TestTarget> => {
  const server = await startEspoServer();
  const proxy = await HttpFaultProxy.start(server.baseUrl);
  return {
    values: { url: proxy.baseUrl, token: espoKey, ...(recordKind === 'case' ? { recordKind } : {}) },
    mailCount: null,
    server: { proxy, kill: server.kill, restart: server.restart },
    violations: () => server.violations,
    record: (kind) => {
      const idOf = (name: string) => (kind === 'case' ? server.cases : server.contacts).find((record) => server.nameOf(record).endsWith(name))?.id ?? '';
      return {
        work: (name) => {
          for (const status of ['Closed', 'Assigned']) server.addBelow('cases', idOf(name), 'Avería', status);
          for (const stage of ['Prospecting', 'Closed Won']) server.addBelow('opportunities', idOf(name), 'Oferta', stage);
          return Promise.resolve();
        },
        remove: (name) => Promise.resolve(server.remove(idOf(name))),
      };
    },
    inspect: (name) => {
      const people = server.contacts.filter((contact) => server.nameOf(contact) === name);
      // Nor a case that a customer can see there.
      const cases = server.cases.filter(({ fields }) => fields['isInternal'] === true && people.some(({ id }) => id === fields['contactId']));
      const records = recordKind === 'case' ? cases : people;
      // Only internal ones count: a post that a customer can read in the portal would be missing here.
      const posts = server.notes.filter(({ parentId, isInternal }) => isInternal && records.some(({ id }) => id === parentId));
      const attached = posts.flatMap(({ attachmentsIds }) => attachmentsIds);
      return Promise.resolve({
        records: records.map(({ id }) => ({ id })),
        notes: posts.filter(({ attachmentsIds }) => attachmentsIds.length === 0).map(({ post }) => post),
        files: server.attachments
          .filter(({ id }) => attached.includes(id))
          .map((file) => ({ name: file.name, sha256: createHash('sha256').update(file.bytes).digest('hex') })),
      });
    },
    stop: async () => {
      await proxy.close();
      await server.kill();
    },
  };
};

const writes = {
  contact: ({ method, path }) => method === 'POST' && path === '/api/v1/Contact',
  note: ({ method, path, body }) => method === 'POST' && path === '/api/v1/Note' && !body.includes('"attachmentsIds":'),
  file: ({ method, path, body }) => method === 'POST' && path === '/api/v1/Note' && body.includes('"attachmentsIds":'),
} satisfies ConnectorSuite['writes'];

describeConnector('EspoCRM', {
  connectorId: 'espocrm',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes,
  record: [
    {
      kind: 'contact',
      facts: (name) => ({ name, owner: 'Jordi Llach', openTickets: [] }),
      later: () => ({ openTickets: [{ title: 'Avería', status: 'Assigned' }, { title: 'Oferta', status: 'Prospecting' }] }),
    },
  ],
  start: () => start('contact'),
});

describeConnector('EspoCRM, into cases', {
  connectorId: 'espocrm',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: { ...writes, container: ({ method, path }) => method === 'POST' && path === '/api/v1/Case' },
  record: [{ kind: 'case', facts: (name) => ({ name: `XMPP: ${name}`, owner: 'Jordi Llach', status: 'New', priority: 'Normal' }) }],
  start: () => start('case'),
});

describe('EspoCRM, set up in another way', () => {
  const open = async () => {
    const server = await startEspoServer();
    const world = openPushWorld({ profileDir: tempFolder('crm-espo'), workspaceKey: newWorkspaceKey() });
    const connection = await world.connect('espocrm', { url: server.baseUrl, token: espoKey });
    const call = async (path: string, json: unknown, headers: Record<string, string> = {}) => {
      const all = { 'x-api-key': espoKey, 'content-type': 'application/json', ...headers };
      return (await (await fetch(`${server.baseUrl}/api/v1${path}`, { method: 'POST', headers: all, body: JSON.stringify(json) })).json()) as { id: string };
    };
    return { server, world, connection, call, stop: () => Promise.all([world.stop(), server.kill()]) };
  };

  it('names the field and the rights that are missing', async () => {
    const { server, world, connection, stop } = await open();
    Object.assign(server.setUp, { hasField: false, rights: { create: 'yes', read: 'all', edit: 'no', delete: 'no' } });
    const { isUsable, findings } = await world.crm.probe({ id: connection });
    expect(isUsable).toBe(false);
    expect(findings.map(({ code, detail }) => `${code} ${detail}`)).toEqual([
      'right-missing Contacts: edit',
      'right-missing Contacts: stream',
      'right-useful Contacts: delete',
      'contact-field-missing palomarKey',
    ]);
    await stop();
  });

  it('suggests the contact with this number, and fills only what it lacks', async () => {
    const { server, world, connection, call, stop } = await open();
    const { id } = await call('/Contact', { firstName: 'M.', lastName: 'Ruiz', phoneNumber: '+34612345678', description: 'old customer' });
    const identifiers = [{ kind: 'phone', value: '+34612345678' }, { kind: 'email', value: 'marta@levante.example' }] as const;
    const conversation = world.addConversation({ name: 'Marta', identifiers });
    world.addMessage(conversation, { text: 'buenos días' });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview.suggestedKey).toBe(`use:contact:${id}`);
    await world.pushAll(conversation, connection);
    expect(server.contacts.map(({ fields }) => fields)).toEqual([
      { firstName: 'M.', lastName: 'Ruiz', phoneNumber: '+34612345678', description: 'old customer', emailAddress: 'marta@levante.example' },
    ]);
    expect(server.violations).toEqual([]);
    await stop();
  });

  it('makes a second contact of the same name when the person wants one', async () => {
    const { server, world, connection, call, stop } = await open();
    await call('/Contact', { firstName: 'Marta', lastName: 'Ruiz' });
    const conversation = world.addConversation({ name: 'Marta Ruiz' });
    world.addMessage(conversation, { text: 'buenos días' });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview.suggestedKey).toBeNull();
    expect(preview.options.map(({ reason }) => reason)).toEqual(['name-only', 'new-record']);
    await world.pushAll(conversation, connection, 'create');
    expect(server.contacts.map((contact) => server.nameOf(contact))).toEqual(['Marta Ruiz', 'Marta Ruiz']);
    await stop();
  });

  it('says of a contact what its user may see, where cases are not among it', async () => {
    const { server, world, connection: connectionId, stop } = await open();
    server.setUp.hiddenLinks = ['cases'];
    const conversationId = world.addConversation({ name: 'Marta' });
    world.addMessage(conversationId, { text: 'buenos días' });
    await world.pushAll(conversationId, connectionId);
    const id = server.contacts[0]?.id ?? '';
    server.addBelow('cases', id, 'Avería', 'New');
    server.addBelow('opportunities', id, 'Oferta', 'Prospecting');
    const facts = await world.crm.followUp.record({ conversationId, connectionId });
    expect(facts?.openTickets?.map(({ title, url }) => [title, url?.replace(/[^/]+$/, '…')])).toEqual([['Oferta', `${server.baseUrl}/#Opportunity/view/…`]]);
    await stop();
  });

  it('keeps a post that EspoCRM does not let go any more', async () => {
    const { server, world, connection, stop } = await open();
    server.setUp.isTooOldToDelete = true;
    const conversation = world.addConversation({ name: 'Marta' });
    world.addMessage(conversation, { text: 'buenos días' });
    const push = await world.pushAll(conversation, connection);
    expect(await world.crm.withdraw({ id: push.id })).toEqual({ withdrawnCount: 0, keptCount: 1 });
    expect(server.notes).toHaveLength(1);
    await stop();
  });

  it('names the field that cases lack, and only to those who write to cases', async () => {
    const { server, world, connection, stop } = await open();
    server.setUp.hasCaseField = false;
    expect((await world.crm.probe({ id: connection })).isUsable).toBe(true);
    const values = { url: server.baseUrl, token: espoKey, recordKind: 'case' };
    const refusal = { code: 'setup-incomplete', detail: expect.stringMatching(/contact-field-missing.*"record":"Case"/) as string };
    await expect(world.crm.connect({ connectorId: 'espocrm', name: 'Cases', values })).rejects.toMatchObject({ rpcError: refusal });
    await stop();
  });

  it('names a case without the signs that EspoCRM takes in no name', async () => {
    const { server, world, call, stop } = await open();
    const { id } = await call('/Contact', { lastName: 'Rossi', emailAddress: 'a@rossi.example' });
    const values = { url: server.baseUrl, token: espoKey, recordKind: 'case' };
    const { connection } = await world.crm.connect({ connectorId: 'espocrm', name: 'Cases', values });
    const conversation = world.addConversation({ name: '<b>=Rossi', identifiers: [{ kind: 'email', value: 'a@rossi.example' }] });
    world.addMessage(conversation, { text: 'buongiorno' });
    await world.pushAll(conversation, connection.id, `use:contact:${id}`);
    expect(server.cases.map(({ fields }) => [fields['name'], fields['contactId']])).toEqual([['XMPP: b Rossi', id]]);
    expect(server.violations).toEqual([]);
    await stop();
  });
});
