import { spawn } from 'node:child_process';
import { chmodSync, cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asUserWords, makeUserDir, makeUserSubdir, removeDir } from '../../e2e/kit/as-user.ts';
import { e2eContext } from '../../e2e/kit/context.ts';

export interface RunningWindow {
  /** From the start of the first process to the frame in which the window was usable. */
  readonly usableAfterMs: number;
  /** The first process of the tree. */
  readonly pid: number;
  close(): Promise<void>;
}

const windowsFolder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'windows');
const startTimeoutMs = 60_000;

/**
 * Starts Electron with one of `test/bench/windows`, as the ordinary test user, without any debugger or driver, so that
 * app and yardstick start in exactly the same way.
 */
export async function startWindow(kind: 'bare' | 'palomar', profileDir: string | null): Promise<RunningWindow> {
  const { appDir, display, electron, node } = e2eContext();
  const workDir = await makeUserDir('window');
  const folder = join(workDir, 'app');
  cpSync(join(windowsFolder, kind), folder, { recursive: true });
  chmodSync(folder, 0o755);
  const home = await makeUserSubdir(workDir, 'home');
  const [program = electron, ...words] = [...asUserWords(), electron, folder, '--disable-gpu', ...(profileDir === null ? [] : ['--profile', profileDir])];
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    DISPLAY: display,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_RUNTIME_DIR: await makeUserSubdir(workDir, 'run'),
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    PALOMAR_NODE: node,
    BENCH_MAIN: join(appDir, 'dist', 'main', 'index.cjs'),
  };
  const startedAtMs = Date.now();
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const usableAtMs = await new Promise<number>((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => reject(new Error(`the ${kind} window ${why}: ${said.slice(-2_000)}`));
    const timer = setTimeout(() => fail('was not usable in time'), startTimeoutMs);
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /^usable (\d+)$/m.exec(said);
      if (found === null) return;
      clearTimeout(timer);
      resolve(Number(found[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with ${code}`));
  });
  return {
    usableAfterMs: usableAtMs - startedAtMs,
    pid: child.pid ?? 0,
    close: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
      await removeDir(workDir);
    },
  };
}
