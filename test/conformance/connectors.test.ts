// takes: long
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTryton } from '../lab/index.ts';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { describeConnector } from './connector.ts';
import type { Inspection, TestTarget } from './connector.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describeConnector('file folder', {
  connectorId: 'file-folder',
  raceRuns: 30,
  writes: null,
  start: async (): Promise<TestTarget> => {
    const root = mkdtempSync(join(tmpdir(), 'palomar-folder-'));
    return {
      values: { folder: root },
      server: null,
      mailCount: null,
      inspect: async (name) => inspectFolder(root, name),
      stop: async () => rmSync(root, { recursive: true, force: true }),
    };
  },
});

function inspectFolder(root: string, name: string): Inspection {
  const folders = readdirSync(root).filter((one) => one.startsWith(`${name} [`));
  const inside = folders.map((folder) => join(root, folder));
  const notes = inside.flatMap((folder) => {
    const { notes: written } = JSON.parse(readFileSync(join(folder, 'conversation.json'), 'utf8')) as { notes: { text: string }[] };
    return written.map((note) => note.text);
  });
  const files = inside
    .map((folder) => join(folder, 'attachments'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => ({ name: file, sha256: sha256(readFileSync(join(folder, file))) })));
  return { records: folders.map((id) => ({ id })), notes, files };
}

describeConnector('Tryton', {
  connectorId: 'tryton',
  raceRuns: 8,
  // test/integration/crm/read-record.test.ts
  record: 'proven-apart',
  writes: {
    contact: ({ body }) => body.includes('model.party.party.create'),
    note: ({ body }) => body.includes('model.ir.note.create'),
    file: ({ body }) => body.includes('model.ir.attachment.create'),
  },
  start: async (): Promise<TestTarget> => {
    const server = await startTryton({ database: 'postgresql' });
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    const { rpc } = server;
    const search = async (model: string, domain: unknown, fields: readonly string[]) =>
      (await rpc(`model.${model}.search_read`, domain, 0, 200, [['id', 'ASC']], fields, {})) as Record<string, unknown>[];
    return {
      values: { url: proxy.baseUrl, database: server.database, user: server.user, password: server.password },
      mailCount: null,
      server: {
        proxy,
        kill: server.kill,
        restart: server.restart,
      },
      inspect: async (name) => {
        const parties = await search('party.party', [['name', '=', name]], ['name']);
        const resources = parties.map((party) => `party.party,${String(party['id'])}`);
        const notes = await search('ir.note', [['resource', 'in', resources]], ['message']);
        const files = await search('ir.attachment', [['resource', 'in', resources]], ['name', 'data']);
        return {
          records: parties.map((party) => ({ id: String(party['id']) })),
          notes: notes.map((note) => String(note['message'])),
          files: files.map((file) => ({
            name: String(file['name']),
            sha256: sha256(Buffer.from((file['data'] as { base64: string }).base64, 'base64')),
          })),
        };
      },
      stop: async () => {
        await proxy.close();
        await server.stop();
      },
    };
  },
});
