import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { asUserWords, makeUserDir, makeUserSubdir, removeDir } from './as-user.ts';
import { e2eContext } from './context.ts';
import { writeLaunchScript } from './launch-script.ts';

export interface BrowserOptions {
  /** A profile to go on with; without it a new one is made, and removed by `close`. */
  readonly profileDir?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface RunningBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly profileDir: string;
  /** The one-time link that the server printed, already used by `page`. */
  readonly link: string;
  /** The engine that serves the page. */
  readonly server: ChildProcess;
  close(): Promise<void>;
}

const chromiumPath = '/usr/bin/chromium';
const startTimeoutMs = 30_000;

/** Starts browser mode and opens its link in Debian's Chromium, both as an ordinary user. */
export const launchBrowser = async (options: BrowserOptions = {}): Promise<RunningBrowser> => {
  const workDir = await makeUserDir('browser');
  const profileDir = options.profileDir ?? (await makeUserSubdir(workDir, 'profile'));
  const home = await makeUserSubdir(workDir, 'home');
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    HOME: home,
    DISPLAY: e2eContext().display,
    XDG_RUNTIME_DIR: await makeUserSubdir(workDir, 'run'),
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    ...options.env,
  };
  const { server, link } = await startServer(profileDir, env);
  const context = await chromium.launchPersistentContext(await makeUserSubdir(workDir, 'chromium'), {
    executablePath: await writeLaunchScript(workDir, chromiumPath),
    chromiumSandbox: true,
    timeout: startTimeoutMs,
    viewport: { width: 1280, height: 820 },
    env,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(link);
  return {
    context,
    page,
    profileDir,
    link,
    server,
    close: async () => {
      await context.close();
      await stopServer(server);
      await removeDir(workDir);
    },
  };
};

const startServer = async (profileDir: string, env: NodeJS.ProcessEnv): Promise<{ server: ChildProcess; link: string }> => {
  const { appDir, node } = e2eContext();
  const words = [join(appDir, 'dist/engine/serve.mjs'), '--profile', profileDir, '--renderer', join(appDir, 'dist/renderer')];
  const [program = node, ...rest] = [...asUserWords(), node, ...words];
  const server = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const link = await new Promise<string>((resolve, reject) => {
    let text = '';
    const fail = (why: string): void => reject(new Error(`browser mode ${why}; it said: ${text.slice(-2_000)}`));
    const timer = setTimeout(() => fail('printed no link in time'), startTimeoutMs);
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[0]);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('exit', (code) => fail(`ended with ${code}`));
    server.on('error', (error) => fail(error.message));
  });
  return { server, link };
};

const stopServer = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
};
