// needs: electron
/** What ends and comes back: engine, page, window, a second start. */
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { askEngine } from './kit/ask-engine.ts';
import { asUserWords } from './kit/as-user.ts';
import { e2eContext } from './kit/context.ts';
import { launchApp, type LaunchOptions, type RunningApp } from './kit/launch-app.ts';
import { enginePid, rendererPids } from './kit/processes.ts';

const running: RunningApp[] = [];
const launch = async (options?: LaunchOptions): Promise<RunningApp> => {
  const app = await launchApp(options);
  running.push(app);
  return app;
};
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});

const isAnswering = (app: RunningApp): Promise<boolean> => askEngine(app.page, 'app.start', {}).then(() => true);

const isVisible = (app: RunningApp): Promise<boolean> =>
  app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);

/** Starts the app once more with the same profile, as a click on its icon or a link would; resolves when that ends. */
const startAgain = (app: RunningApp, ...words: readonly string[]): Promise<number | null> => {
  const { electron, appDir, display, node } = e2eContext();
  const [program = electron, ...rest] = [...asUserWords(), electron, appDir, '--disable-gpu', '--profile', app.profileDir, ...words];
  const env = { PATH: process.env['PATH'] ?? '', DISPLAY: display, HOME: app.profileDir, PALOMAR_NODE: node, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
  const second = spawn(program, rest, { env, stdio: 'ignore' });
  // It has nothing to do but to pass its words on; one that stays is a failure of its own.
  const timer = setTimeout(() => second.kill('SIGKILL'), 15_000);
  return new Promise((resolve) => {
    second.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
};

/** The conversations that the shell told the page to show. */
const collectTargets = async (app: RunningApp): Promise<() => Promise<number[]>> => {
  await app.page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seenTargets: seen });
    const { palomar } = globalThis as unknown as { palomar: { window: { onNavigate(listener: (target: { conversationId: number }) => void): void } } };
    palomar.window.onNavigate(({ conversationId }) => seen.push(conversationId));
  });
  return () => app.page.evaluate(() => (globalThis as unknown as { seenTargets: number[] }).seenTargets);
};

describe('the shell keeps going', () => {
  it('starts a killed engine again within two seconds and tells the page', async () => {
    const app = await launch();
    await until(() => isAnswering(app));
    const first = await until(() => enginePid(app.electron));
    const startedAtMs = Date.now();
    process.kill(first, 'SIGKILL');
    await until(() => isAnswering(app), { timeoutMs: 5_000 });
    expect(Date.now() - startedAtMs).toBeLessThan(2_000);
    expect(await enginePid(app.electron)).not.toBe(first);
  });

  it('waits longer when the engine keeps dying, and still comes back', async () => {
    const app = await launch();
    await until(() => isAnswering(app));
    for (let round = 0; round < 3; round += 1) {
      const pid = await until(() => enginePid(app.electron));
      process.kill(pid, 'SIGKILL');
      await until(async () => (await enginePid(app.electron)) !== pid);
    }
    await until(() => isAnswering(app), { timeoutMs: 8_000 });
  });

  it('loads a killed page again', async () => {
    const app = await launch();
    const [first = 0] = await rendererPids(app.electron);
    process.kill(first, 'SIGKILL');
    await until(async () => {
      const [pid = 0] = await rendererPids(app.electron);
      const title = await app.electron.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getURL());
      return pid > 0 && pid !== first && title === 'palomar://app/';
    });
  });

  it('stays in the tray when its window is closed, and a second start brings the window back', async () => {
    const app = await launch();
    await until(() => isVisible(app));
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await until(async () => !(await isVisible(app)));
    expect(await isAnswering(app)).toBe(true);
    expect(await startAgain(app)).toBe(0);
    await until(() => isVisible(app));
    expect(app.electron.windows()).toHaveLength(1);
  });

  it('takes a palomar: link from a second start and ignores everything around it', async () => {
    const app = await launch();
    const targets = await collectTargets(app);
    expect(await startAgain(app, 'palomar:conversation/7')).toBe(0);
    await until(async () => (await targets()).length === 1);
    const hostile = ['palomar:conversation/8 --inspect', 'palomar:conversation/../9', `palomar:${'x'.repeat(100_000)}`, "palomar:conversation/9'\"; --gpu-launcher=x"];
    for (const word of hostile) await startAgain(app, word);
    expect(await startAgain(app, 'palomar://conversation/11')).toBe(0);
    await until(async () => (await targets()).length === 2);
    expect(await targets()).toEqual([7, 11]);
  });

  it('ends its engine when it ends itself, however that happens', async () => {
    for (const how of ['close', 'kill'] as const) {
      const app = await launchApp();
      const pid = await until(() => enginePid(app.electron));
      await app[how]();
      await until(() => !isAlive(pid), { label: `the engine to be gone after ${how}` });
    }
  });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
