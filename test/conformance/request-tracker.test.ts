// takes: long
import { createHash } from 'node:crypto';
import { startRequestTracker } from '../lab/index.ts';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describeConnector('Request Tracker', {
  connectorId: 'request-tracker',
  raceRuns: 6,
  kills: 3,
  record: 'proven-apart',
  writes: {
    container: ({ method, path }) => method === 'POST' && path === '/REST/2.0/ticket',
    note: ({ method, path }) => method === 'POST' && path.endsWith('/comment'),
  },
  start: async (): Promise<TestTarget> => {
    const server = await startRequestTracker();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    const items = async (path: string) => ((await server.call('GET', path)) as { items: Record<string, unknown>[] }).items;
    const inspectTicket = async (id: string) => {
      const parts = await items(`/ticket/${id}/attachments?fields=Filename,ContentType,Content,TransactionId&per_page=100`);
      // In lists RT writes each byte as the character of that number.
      const leaves = parts.filter((part) => !String(part['ContentType']).startsWith('multipart/'));
      return {
        notes: leaves.filter((part) => !part['Filename']).map((part) => String(part['Content'])),
        files: leaves
          .filter((part) => part['Filename'])
          .map((part) => ({ name: String(part['Filename']), sha256: sha256(Buffer.from(String(part['Content']), 'latin1')) })),
      };
    };
    return {
      values: { url: proxy.baseUrl, token: server.token, queue: 'General' },
      mailCount: server.outgoingMailCount,
      server: {
        proxy,
        kill: server.kill,
        restart: server.restart,
      },
      inspect: async (name) => {
        const tickets = await items(`/tickets?query=${encodeURIComponent(`Subject LIKE '${name}'`)}&fields=Subject&per_page=100`);
        const inside = await Promise.all(tickets.map((ticket) => inspectTicket(String(ticket['id']))));
        return {
          records: tickets.map((ticket) => ({ id: String(ticket['id']) })),
          notes: inside.flatMap(({ notes }) => notes),
          files: inside.flatMap(({ files }) => files),
        };
      },
      stop: async () => {
        await proxy.close();
        await server.stop();
      },
    };
  },
});
