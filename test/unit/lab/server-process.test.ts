import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../kit/until.ts';
import { isRunning } from '../../lab/core/is-running.ts';
import { ServerProcess } from '../../lab/core/server-process.ts';

const moduleUrl = new URL('../../lab/core/server-process.ts', import.meta.url).href;

/** A "server" that makes a file when it is up and leaves a worker in its group. */
const script = 'echo starting; sleep 600 & echo $! > worker; touch up; wait';

describe('ServerProcess', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'server-process-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const newServer = (command = script): ServerProcess =>
    new ServerProcess({
      name: 'the toy',
      command: '/bin/sh',
      args: ['-c', command],
      cwd: folder,
      outputFile: join(folder, 'output.log'),
      isReady: async () => existsSync(join(folder, 'up')),
    });

  const worker = (): number => Number(readFileSync(join(folder, 'worker'), 'utf8'));

  it('ends the whole group at a stop and at a kill', async () => {
    for (const end of ['stop', 'kill'] as const) {
      for (const left of ['up', 'worker']) rmSync(join(folder, left), { force: true });
      const server = newServer();
      await server.start();
      const [pid, workerPid] = [server.pid, worker()];
      expect(isRunning(pid) && isRunning(workerPid)).toBe(true);
      await server[end]();
      await until(() => !isAlive(pid) && !isAlive(workerPid), { label: `nothing to be left after ${end}` });
    }
  });

  it('starts again after a kill', async () => {
    const server = newServer();
    await server.start();
    await server.kill();
    await server.restart();
    expect(server.isUp).toBe(true);
    await server.stop();
  });

  it('reports the end of the log when the server dies before it is ready', async () => {
    const server = newServer('echo the port is taken; exit 3');
    await expect(server.start()).rejects.toThrow(/the toy did not start: it ended with 3[^]*the port is taken/);
    expect(server.isUp).toBe(false);
  });

  it('leaves no server behind when the process that started it is killed', async () => {
    const program = `
      import { existsSync } from 'node:fs';
      import { ServerProcess } from ${JSON.stringify(moduleUrl)};
      const folder = ${JSON.stringify(folder)};
      const server = new ServerProcess({
        name: 'the toy', command: '/bin/sh', args: ['-c', ${JSON.stringify(script)}], cwd: folder,
        outputFile: folder + '/output.log', isReady: async () => existsSync(folder + '/up'),
      });
      await server.start();
      console.log(server.pid);
      setInterval(() => {}, 1000);
    `;
    const programFile = join(folder, 'program.ts');
    writeFileSync(programFile, program);
    const parent = spawn(process.execPath, [programFile], { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const serverPid = Number(line.toString());
    expect(isAlive(serverPid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(serverPid) && !isAlive(worker()), { label: 'the reaper to do its work' });
  });
});

/** A process that waits to be collected by its parent no longer counts. */
function isAlive(pid: number): boolean {
  if (!isRunning(pid)) return false;
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
