import { createHash, randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { openPushWorld } from '../integration/crm/support/push-world.ts';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startDynamics } from '../lab/crm/dynamics-server.ts';
import { readHtml } from '../lab/crm/read-html.ts';
import { describeConnector } from './connector.ts';
import type { ConnectorSuite, TestTarget } from './connector.ts';

/** On contacts, or on a case of each. */
const start = async (recordKind: 'contact' | 'case'): Promise<TestTarget> => {
  const { server, clientId, tenant, agree, rows, add, remove } = await startDynamics();
  const proxy = await HttpFaultProxy.start(server.baseUrl);
  return {
    values: { url: proxy.baseUrl, loginUrl: proxy.baseUrl, clientId, tenant, ...(recordKind === 'case' ? { recordKind } : {}) },
    agree,
    violations: () => server.violations,
    mailCount: null,
    server: { proxy, kill: server.kill, restart: server.restart },
    record: (kind) => {
      const [table, column] = kind === 'case' ? ['incidents', 'incidentid'] as const : ['contacts', 'contactid'] as const;
      const idOf = (name: string) => String(rows(table).find((row) => String(row['fullname'] ?? row['title']).endsWith(name))?.[column]);
      return {
        work: (name) => {
          for (const statecode of [0, 1]) add('incidents', randomUUID(), { title: 'It does not print', statuscode: statecode === 0 ? 1 : 5, statecode, _customerid_value: idOf(name) });
          return Promise.resolve();
        },
        remove: (name) => Promise.resolve(remove(table, idOf(name))),
      };
    },
    inspect: (name) => {
      const people = new Set(rows('contacts').filter((row) => row['fullname'] === name).map((row) => row['contactid']));
      const cases = new Set(rows('incidents').filter((row) => people.has(row['_customerid_value'])).map((row) => row['incidentid']));
      const ids = recordKind === 'case' ? cases : people;
      const below = rows('annotations').filter((row) => ids.has(row['_objectid_value']));
      return Promise.resolve({
        records: [...ids].map((id) => ({ id: String(id) })),
        notes: below.filter((row) => row['isdocument'] === false).map((row) => readHtml(String(row['notetext']))),
        files: below
          .filter((row) => row['isdocument'] === true)
          .map((row) => ({ name: String(row['filename']), sha256: createHash('sha256').update(Buffer.from(String(row['documentbody']), 'base64')).digest('hex') })),
      });
    },
    stop: async () => {
      await proxy.close();
      await server.kill();
    },
  };
};

const writes = {
  contact: ({ method, path }) => method === 'PATCH' && path.includes('/contacts('),
  note: ({ method, path, body }) => method === 'PATCH' && path.includes('/annotations(') && body.includes('"notetext":'),
  file: ({ method, path, body }) => method === 'PATCH' && path.includes('/annotations(') && body.includes('"documentbody":'),
} satisfies ConnectorSuite['writes'];

describeConnector('Dynamics 365', {
  connectorId: 'dynamics',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes,
  record: [{ kind: 'contact', facts: (name) => ({ name, owner: 'Jordi Llach', openTickets: [] }), later: () => ({ openTickets: [{ title: 'It does not print', status: 'In Progress' }] }) }],
  start: () => start('contact'),
});

describeConnector('Dynamics 365, into cases', {
  connectorId: 'dynamics',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: { ...writes, container: ({ method, path }) => method === 'PATCH' && path.includes('/incidents(') },
  record: [{ kind: 'case', facts: (name) => ({ name: `XMPP: ${name}`, owner: 'Jordi Llach', status: 'In Progress', priority: 'Normal' }) }],
  start: () => start('case'),
});

it('shows no note to customers of a portal, whatever somebody writes', async () => {
  const { server, clientId, tenant, agree, rows } = await startDynamics();
  onTestFinished(() => server.kill());
  const world = openPushWorld({ profileDir: tempFolder('dynamics') });
  onTestFinished(() => world.stop());
  const connection = await world.connect('dynamics', { url: server.baseUrl, loginUrl: server.baseUrl, clientId, tenant, recordKind: 'case' }, agree);
  const conversation = world.addConversation({ name: 'Eve' });
  world.addMessage(conversation, { text: '*WEB* *web*WEB*' });
  expect(await world.pushAll(conversation, connection)).toMatchObject({ state: 'done' });
  const text = readHtml(String(rows('annotations')[0]?.['notetext']));
  expect(text).not.toMatch(/\*web\*/i);
  expect(text.replaceAll('\u200b', '')).toContain('*WEB* *web*WEB*');
});

it('says so where there is no customer service, and only to those who write to cases', async () => {
  const { server, clientId, tenant, agree } = await startDynamics({ hasCustomerService: false });
  onTestFinished(() => server.kill());
  const world = openPushWorld({ profileDir: tempFolder('dynamics') });
  onTestFinished(() => world.stop());
  const values = { url: server.baseUrl, loginUrl: server.baseUrl, clientId, tenant };
  const refusal = { code: 'setup-incomplete', detail: expect.stringContaining('module-missing') as string };
  await expect(world.connect('dynamics', { ...values, recordKind: 'case' }, agree)).rejects.toMatchObject({ rpcError: refusal });
  await world.connect('dynamics', values, agree);
});
