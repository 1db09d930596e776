import { createHash, randomUUID } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startDynamics } from '../lab/crm/dynamics-server.ts';
import { readHtml } from '../lab/crm/read-html.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

describeConnector('Dynamics 365', {
  connectorId: 'dynamics',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: {
    contact: ({ method, path }) => method === 'PATCH' && path.includes('/contacts('),
    note: ({ method, path, body }) => method === 'PATCH' && path.includes('/annotations(') && body.includes('"notetext":'),
    file: ({ method, path, body }) => method === 'PATCH' && path.includes('/annotations(') && body.includes('"documentbody":'),
  },
  record: [{ kind: 'contact', facts: (name) => ({ name, owner: 'Jordi Llach', openTickets: [] }), later: () => ({ openTickets: [{ title: 'It does not print', status: 'In Progress' }] }) }],
  start: async (): Promise<TestTarget> => {
    const { server, clientId, tenant, agree, rows, add, remove } = await startDynamics();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, loginUrl: proxy.baseUrl, clientId, tenant },
      agree,
      violations: () => server.violations,
      mailCount: null,
      server: { proxy, kill: server.kill, restart: server.restart },
      record: () => {
        const idOf = (name: string) => String(rows('contacts').find((row) => row['fullname'] === name)?.['contactid']);
        return {
          work: (name) => {
            for (const statecode of [0, 1]) add('incidents', randomUUID(), { title: 'It does not print', statuscode: statecode === 0 ? 1 : 5, statecode, _customerid_value: idOf(name) });
            return Promise.resolve();
          },
          remove: (name) => Promise.resolve(remove('contacts', idOf(name))),
        };
      },
      inspect: (name) => {
        const ids = new Set(rows('contacts').filter((row) => row['fullname'] === name).map((row) => row['contactid']));
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
  },
});
