// needs: nothing
import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startPipedrive } from '../lab/crm/pipedrive-server.ts';
import { readHtml } from '../lab/crm/read-html.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

const posts = (place: string) => ({ method, path }: { readonly method: string; readonly path: string }) => method === 'POST' && path === place;

describeConnector('Pipedrive', {
  connectorId: 'pipedrive',
  verifiedAgainst: 'contract',
  isFoundLate: true,
  raceRuns: 6,
  writes: { contact: posts('/api/v2/persons'), note: posts('/api/v1/notes'), file: posts('/api/v1/files') },
  record: [
    { kind: 'person', facts: (name) => ({ name, owner: 'Jordi Llach', openTickets: [] }), later: () => ({ openTickets: [{ title: 'Oferta', status: 'Qualified' }] }) },
    { kind: 'deal', values: { recordKind: 'deal' }, facts: (name) => ({ name: `XMPP: ${name}`, owner: 'Jordi Llach', stage: 'Qualified', status: 'open' }) },
    { kind: 'lead', values: { recordKind: 'lead' }, facts: (name) => ({ name: `XMPP: ${name}`, owner: 'Jordi Llach' }) },
  ],
  start: async (): Promise<TestTarget> => {
    const pipedrive = await startPipedrive({ searchLagMs: 2_000 });
    const { server } = pipedrive;
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, token: pipedrive.token },
      violations: () => server.violations,
      mailCount: null,
      server: { proxy, kill: server.kill, restart: server.restart },
      record: (kind) => {
        const table = `${kind}s` as 'persons' | 'deals' | 'leads';
        const row = (name: string) => pipedrive.rows(table).find((one) => String(one['name'] ?? one['title']).endsWith(name));
        return {
          work: (name) => {
            for (const status of ['open', 'won']) pipedrive.add('deals', { title: 'Oferta', person_id: row(name)?.['id'], stage_id: 1, status });
            return Promise.resolve();
          },
          remove: (name) => Promise.resolve(pipedrive.remove(table, row(name)?.['id'])),
        };
      },
      inspect: (name) => {
        const records = pipedrive.rows('persons').filter((row) => row['name'] === name);
        const isTheirs = (row: Readonly<Record<string, unknown>>): boolean => records.some(({ id }) => id === row['person_id']);
        return Promise.resolve({
          records: records.map(({ id }) => ({ id: String(id) })),
          notes: pipedrive.rows('notes').filter(isTheirs).map((row) => readHtml(String(row['content']))),
          files: pipedrive
            .rows('files')
            .filter(isTheirs)
            .map((row) => ({ name: String(row['name']), sha256: createHash('sha256').update(pipedrive.bytesOf(Number(row['id']))).digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});
