// needs: redmine
// takes: long
import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startRedmine } from '../lab/index.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

interface Issue {
  readonly id: number;
  readonly journals?: readonly { readonly notes: string; readonly private_notes: boolean }[];
  readonly attachments?: readonly { readonly filename: string; readonly content_url: string }[];
}

describeConnector('Redmine', {
  connectorId: 'redmine',
  raceRuns: 6,
  kills: 3,
  // test/integration/crm/read-record.test.ts
  record: 'proven-apart',
  writes: {
    container: ({ method, path }) => method === 'POST' && path === '/issues.json',
    note: ({ method, body }) => method === 'PUT' && body.includes('"private_notes":true'),
    file: ({ method, body }) => method === 'PUT' && body.includes('"uploads":'),
  },
  start: async (): Promise<TestTarget> => {
    const server = await startRedmine();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, token: server.token, project: server.project },
      mailCount: null,
      server: { proxy, kill: server.kill, restart: server.restart },
      inspect: async (name) => {
        const found = (await server.call('GET', `/issues.json?status_id=*&sort=id&limit=100&subject=~${encodeURIComponent(name)}`)) as { issues: Issue[] };
        const issues: Issue[] = [];
        for (const { id } of found.issues) {
          issues.push(((await server.call('GET', `/issues/${id}.json?include=journals,attachments`)) as { issue: Issue }).issue);
        }
        // Only private ones count: a note that everybody reads would be missing here.
        const notes = issues.flatMap(({ journals = [] }) => journals).filter((journal) => journal.private_notes && journal.notes !== '');
        const files = issues.flatMap(({ attachments = [] }) => attachments).map(async ({ filename, content_url: url }) => ({
          name: filename,
          sha256: createHash('sha256').update(await server.download(new URL(url).pathname)).digest('hex'),
        }));
        return { records: issues.map(({ id }) => ({ id: String(id) })), notes: notes.map((journal) => journal.notes), files: await Promise.all(files) };
      },
      stop: async () => {
        await proxy.close();
        await server.stop();
      },
    };
  },
});
