import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startSalesforce } from '../lab/crm/salesforce-server.ts';
import type { ConnectorSuite, TestTarget } from './connector.ts';

/** On contacts, or on a case of each. */
export const startSalesforceTarget = async (recordKind: 'contact' | 'case'): Promise<TestTarget> => {
  const { server, clientId, agree, rows, add, remove } = await startSalesforce({ searchLagMs: 10_000 });
  const proxy = await HttpFaultProxy.start(server.baseUrl);
  return {
    values: { url: proxy.baseUrl, clientId, ...(recordKind === 'case' ? { recordKind } : {}) },
    agree,
    violations: () => server.violations,
    mailCount: null,
    server: { proxy, kill: server.kill, restart: server.restart },
    record: (kind) => {
      const table = kind === 'case' ? 'Case' : 'Contact';
      const idOf = (name: string) => String(rows(table).find((row) => String(row['Name'] ?? row['Subject']).endsWith(name))?.['Id']);
      return {
        work: (name) => {
          for (const IsClosed of [false, true]) add('Case', { Subject: 'It does not print', Status: IsClosed ? 'Closed' : 'Working', ContactId: idOf(name), IsClosed });
          return Promise.resolve();
        },
        remove: (name) => Promise.resolve(remove(table, idOf(name))),
      };
    },
    inspect: (name) => {
      const people = new Set(rows('Contact').filter((row) => row['Name'] === name).map((row) => row['Id']));
      const cases = new Set(rows('Case').filter((row) => people.has(row['ContactId'])).map((row) => row['Id']));
      const ids = recordKind === 'case' ? cases : people;
      // Only what is done: an open task would remind somebody.
      const tasks = rows('Task').filter((row) => ids.has(row[recordKind === 'case' ? 'WhatId' : 'WhoId']) && row['Status'] === 'Completed');
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
};

export const salesforceWrites = {
  contact: ({ method, path }) => method === 'PATCH' && path.includes('/Contact/Palomar_Key__c/'),
  note: ({ method, path }) => method === 'POST' && path.endsWith('/sobjects/Task'),
  file: ({ method, path }) => method === 'POST' && path.endsWith('/sobjects/ContentVersion'),
} satisfies ConnectorSuite['writes'];
