// takes: long
import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startSalesforce } from '../lab/crm/salesforce-server.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

describeConnector('Salesforce', {
  connectorId: 'salesforce',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: {
    contact: ({ method, path }) => method === 'PATCH' && path.includes('/Contact/Palomar_Key__c/'),
    note: ({ method, path }) => method === 'POST' && path.endsWith('/sobjects/Task'),
    file: ({ method, path }) => method === 'POST' && path.endsWith('/sobjects/ContentVersion'),
  },
  record: [{ kind: 'contact', facts: (name) => ({ name, owner: 'Jordi Llach', openTickets: [] }), later: () => ({ openTickets: [{ title: 'It does not print', status: 'Working' }] }) }],
  start: async (): Promise<TestTarget> => {
    const { server, clientId, agree, rows, add, remove } = await startSalesforce({ searchLagMs: 10_000 });
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, clientId },
      agree,
      violations: () => server.violations,
      mailCount: null,
      server: { proxy, kill: server.kill, restart: server.restart },
      record: () => {
        const idOf = (name: string) => String(rows('Contact').find((row) => row['Name'] === name)?.['Id']);
        return {
          work: (name) => {
            for (const IsClosed of [false, true]) add('Case', { Subject: 'It does not print', Status: IsClosed ? 'Closed' : 'Working', ContactId: idOf(name), IsClosed });
            return Promise.resolve();
          },
          remove: (name) => Promise.resolve(remove('Contact', idOf(name))),
        };
      },
      inspect: (name) => {
        const ids = new Set(rows('Contact').filter((row) => row['Name'] === name).map((row) => row['Id']));
        // Only what is done: an open task would remind somebody.
        const tasks = rows('Task').filter((row) => ids.has(row['WhoId']) && row['Status'] === 'Completed');
        const documents = new Set(rows('ContentDocumentLink').filter((row) => ids.has(row['LinkedEntityId'])).map((row) => row['ContentDocumentId']));
        const files = rows('ContentDocument').filter((row) => documents.has(row['Id']));
        return Promise.resolve({
          records: [...ids].map((id) => ({ id: String(id) })),
          notes: tasks.map((row) => String(row['Description'])),
          files: files.map((row) => ({ name: String(row['Title']), sha256: createHash('sha256').update(row['bytes'] as Buffer).digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});
