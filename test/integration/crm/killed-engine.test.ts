import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTryton } from '../../lab/index.ts';
import type { TrytonServer } from '../../lab/index.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { killPushes, wordsIn } from './support/kill-pushes.ts';
import { pdfBytes } from './support/push-world.ts';

const kills = 20;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

// Redmine, Request Tracker and Odoo: test/conformance, beside what else is asked of them.
describe('an engine that is killed while it pushes', () => {
  let tryton: TrytonServer;
  beforeAll(async () => {
    tryton = await startTryton();
  });
  afterAll(() => tryton.stop());

  const inTryton = async (name: string) => {
    const read = async (model: string, domain: unknown, fields: readonly string[]) =>
      (await tryton.rpc(`model.${model}.search_read`, domain, 0, 100, [['id', 'ASC']], fields, {})) as Record<string, unknown>[];
    const parties = await read('party.party', [['name', '=', name]], ['name']);
    const resources = parties.map((party) => `party.party,${String(party['id'])}`);
    const notes = await read('ir.note', [['resource', 'in', resources]], ['message']);
    const files = await read('ir.attachment', [['resource', 'in', resources]], ['data']);
    return {
      parties: parties.length,
      notes: notes.map((note) => wordsIn(String(note['message']))),
      files: files.map((file) => sha256(Buffer.from((file['data'] as { base64: string }).base64, 'base64'))),
    };
  };

  it(`leaves nothing out and nothing twice in Tryton, ${kills} kills (T6)`, async () => {
    const values = { url: tryton.baseUrl, database: tryton.database, user: tryton.user, password: tryton.password };
    await killPushes(kills, 'tryton', values, async (name, at) => {
      expect({ at, ...(await inTryton(name)) }).toEqual({
        at,
        parties: 1,
        notes: [['primero', 'segundo', 'tercero'], ['cuarto']],
        files: [sha256(pdfBytes(200_000, name))],
      });
    });
  });

  it(`leaves nothing out and nothing twice in a folder, ${kills} kills (T6)`, async () => {
    const root = tempFolder('killed-target');
    const values = { folder: root };
    await killPushes(kills, 'file-folder', values, (name, at) => {
      const folders = readdirSync(root).filter((one) => one.startsWith(`${name} [`));
      const attachments = join(root, folders[0] ?? '', 'attachments');
      const { notes } = JSON.parse(readFileSync(join(root, folders[0] ?? '', 'conversation.json'), 'utf8')) as { notes: unknown[] };
      const files = readdirSync(attachments).filter((file) => !file.endsWith('.part'));
      expect({ at, folders: folders.length, notes: notes.length, files: files.map((file) => sha256(readFileSync(join(attachments, file)))) }).toEqual({
        at,
        folders: 1,
        notes: 2,
        files: [sha256(pdfBytes(200_000, name))],
      });
    });
  });
});
