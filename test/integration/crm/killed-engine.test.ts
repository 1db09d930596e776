import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTryton } from '../../lab/index.ts';
import type { TrytonServer } from '../../lab/index.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { pdfBytes } from './support/push-world.ts';

const childFile = fileURLToPath(new URL('./support/push-child.ts', import.meta.url));
const kills = 20;

interface Child {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  /** `done`: it came to its end. Otherwise what it said last. */
  readonly ended: Promise<string>;
}

function startChild(profileDir: string, connectorId: string, values: object, name: string): Child {
  const child = spawn(process.execPath, [childFile, profileDir, connectorId, JSON.stringify(values), name], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ready = new Promise<void>((resolve) => {
    const hear = (part: Buffer): void => {
      said += part.toString();
      if (said.includes('ready')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => resolve());
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => resolve(said.endsWith('done\n') ? 'done' : said));
  });
  return { process: child, ready, ended };
}

/** Lets it run for a while, kills it without warning, and lets a second one finish. */
async function killOnce(afterMs: number, connectorId: string, values: object, name: string): Promise<void> {
  const profileDir = mkdtempSync(join(tmpdir(), 'palomar-killed-'));
  const first = startChild(profileDir, connectorId, values, name);
  await first.ready;
  // The moment of the kill is what is tested; nothing is waited for.
  await pause(afterMs);
  first.process.kill('SIGKILL');
  await first.ended;
  expect(await startChild(profileDir, connectorId, values, name).ended).toBe('done');
  rmSync(profileDir, { recursive: true, force: true });
}

async function timeOfWholeRun(connectorId: string, values: object, name: string): Promise<number> {
  const child = startChild(tempFolder('whole'), connectorId, values, name);
  await child.ready;
  const startedAt = performance.now();
  expect(await child.ended).toBe('done');
  return performance.now() - startedAt;
}

/**
 * Kills spread over the whole run, each at a random place in its share of it, two engines at a time.
 * @param check asserts what is there afterwards
 */
async function killMany(
  wholeMs: number,
  connectorId: string,
  values: object,
  check: (name: string, afterMs: number) => void | Promise<void>,
): Promise<void> {
  const times = Array.from({ length: kills }, (_, index) => Math.round(((index + Math.random()) / kills) * wholeMs));
  const workers = [0, 1].map(async (worker) => {
    for (let index = worker; index < kills; index += 2) {
      const name = `Killed ${index}`;
      const afterMs = times[index] ?? 0;
      await killOnce(afterMs, connectorId, values, name);
      await check(name, afterMs);
    }
  });
  await Promise.all(workers);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

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
      notes: notes.map((note) => ['primero', 'segundo', 'tercero', 'cuarto'].filter((word) => String(note['message']).includes(word))),
      files: files.map((file) => sha256(Buffer.from((file['data'] as { base64: string }).base64, 'base64'))),
    };
  };

  it(`leaves nothing out and nothing twice in Tryton, ${kills} kills (T6)`, async () => {
    const values = { url: tryton.baseUrl, database: tryton.database, user: tryton.user, password: tryton.password };
    const wholeMs = await timeOfWholeRun('tryton', values, 'Whole run');
    await killMany(wholeMs, 'tryton', values, async (name, at) => {
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
    const wholeMs = await timeOfWholeRun('file-folder', values, 'Whole run');
    await killMany(wholeMs, 'file-folder', values, (name, at) => {
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
