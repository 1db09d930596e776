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
  raceRuns: 6,
  writes: { contact: posts('/api/v2/persons'), note: posts('/api/v1/notes'), file: posts('/api/v1/files') },
  start: async (): Promise<TestTarget> => {
    const pipedrive = await startPipedrive({ searchLagMs: 2_000 });
    const { server } = pipedrive;
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, token: pipedrive.token },
      violations: () => server.violations,
      mailCount: null,
      server: { proxy, kill: server.kill, restart: server.restart },
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
