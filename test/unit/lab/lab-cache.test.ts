import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedTemplate } from '../../lab/core/cached-template.ts';
import { pickFreePorts } from '../../lab/core/free-ports.ts';
import { createRunFolder, keptLogsFolder, removeRunFolder } from '../../lab/core/run-folder.ts';
import { withLock } from '../../lab/core/with-lock.ts';

const firstLine = async (stream: Readable): Promise<string> => {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error('it said nothing');
};

describe('the cache of the lab', () => {
  let folder: string;
  const cacheBefore = process.env['PALOMAR_CACHE'];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-cache-'));
    process.env['PALOMAR_CACHE'] = folder;
  });

  afterEach(() => {
    if (cacheBefore === undefined) delete process.env['PALOMAR_CACHE'];
    else process.env['PALOMAR_CACHE'] = cacheBefore;
    rmSync(folder, { recursive: true, force: true });
  });

  it('builds a template once for the same inputs, also when two ask at once', async () => {
    let builds = 0;
    const build = async (target: string): Promise<void> => {
      builds += 1;
      writeFileSync(join(target, 'data'), `build ${builds}`);
    };
    const [first, second] = await Promise.all([cachedTemplate('toy', ['1.0'], build), cachedTemplate('toy', ['1.0'], build)]);
    expect(first).toBe(second);
    expect(readFileSync(join(first, 'data'), 'utf8')).toBe('build 1');
    expect(await cachedTemplate('toy', ['1.1'], build)).not.toBe(first);
    expect(builds).toBe(2);
  });

  it('does not take a failed build for a template', async () => {
    await expect(cachedTemplate('toy', ['x'], () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
    const built = await cachedTemplate('toy', ['x'], async (target) => writeFileSync(join(target, 'data'), 'ok'));
    expect(existsSync(join(built, 'data'))).toBe(true);
  });

  it('lets one at a time into a lock, and takes over the lock of a dead process', async () => {
    const order: string[] = [];
    const hold = (name: string): Promise<void> =>
      withLock('door', async () => {
        order.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} out`);
      });
    await Promise.all([hold('a'), hold('b')]);
    expect([order[0]?.[0], order[2]?.[0]]).toEqual([order[1]?.[0], order[3]?.[0]]);

    const lock = join(folder, 'lab', 'locks', 'door');
    mkdirSync(lock);
    // No process has this number: it is above the highest the kernel gives out.
    writeFileSync(join(lock, 'pid'), '99999999');
    await expect(withLock('door', async () => 'in')).resolves.toBe('in');
  });

  it('keeps the logs of a run and removes its data', () => {
    const run = createRunFolder('toy');
    writeFileSync(join(run, 'toy.log'), 'what happened');
    writeFileSync(join(run, 'database'), 'private');
    removeRunFolder(run);
    expect(existsSync(run)).toBe(false);
    expect(readFileSync(join(keptLogsFolder(run), 'toy.log'), 'utf8')).toBe('what happened');
    expect(existsSync(join(keptLogsFolder(run), 'database'))).toBe(false);
  });

  it('clears away what a dead process left, and nothing of a living one', () => {
    const [dead, living] = [createRunFolder('toy'), createRunFolder('toy')];
    writeFileSync(join(dead, 'owner.pid'), '99999999');
    const mine = createRunFolder('toy');
    try {
      expect([dead, living].map((path) => existsSync(path))).toEqual([false, true]);
    } finally {
      for (const path of [living, mine]) removeRunFolder(path);
    }
  });

  it('hands out different ports', async () => {
    const ports = await pickFreePorts(20);
    expect(new Set(ports).size).toBe(20);
    expect(ports.every((port) => port >= 20_000 && port < 32_000)).toBe(true);
  });

  it('hands out different ports to processes that prepare their servers at the same time', async () => {
    const script = join(import.meta.dirname, '../../lab/core/free-ports.ts');
    const program = `import { pickFreePorts } from ${JSON.stringify(script)}; console.log(JSON.stringify(await pickFreePorts(600))); process.stdin.resume();`;
    const children = [1, 2].map(() => spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] }));
    try {
      const picked = await Promise.all(children.map(async ({ stdout }) => JSON.parse(await firstLine(stdout)) as number[]));
      expect(new Set(picked.flat()).size).toBe(1_200);
    } finally {
      for (const child of children) child.stdin.end();
    }
  });
});
