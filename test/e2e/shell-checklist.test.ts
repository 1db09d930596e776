// needs: electron
/** The seventeen points of Electron's own security checklist, each looked at in the running app or its bundle. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '#rpc';
import { openedLinks, refusedLinks } from './kit/attacks.ts';
import { e2eContext } from './kit/context.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { until } from '../kit/until.ts';
import { rendererPids, seccompModeOf, userOf } from './kit/processes.ts';

const bundleOf = (room: string): string => {
  const dir = join(e2eContext().appDir, 'dist', room);
  const files = readdirSync(dir, { recursive: true }).map(String);
  return files
    .filter((name) => /\.(?:c?js|html|css)$/.test(name))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n');
};

/** Comments may name anything. */
const codeOf = (room: string): string => bundleOf(room).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

describe('the Electron security checklist', () => {
  let app: RunningApp;
  let outside: Server;
  let outsideUrl: string;
  let outsideRequests = 0;

  /** What the window was really made with. */
  const preferences = (): Promise<Record<string, unknown>> =>
    app.electron.evaluate(({ webContents }) => {
      const [contents] = webContents.getAllWebContents() as unknown as { getLastWebPreferences(): Record<string, unknown> }[];
      return contents?.getLastWebPreferences() ?? {};
    });

  beforeAll(async () => {
    outside = createServer((_request, response) => {
      outsideRequests += 1;
      response.setHeader('access-control-allow-origin', '*').end('out');
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
    app = await launchApp();
  });

  afterAll(async () => {
    await app.close();
    outside.close();
  });

  it('1: only secure content: the page is of our own scheme and reaches no server', async () => {
    expect(app.page.url()).toBe('palomar://app/');
    expect(await app.page.evaluate(() => isSecureContext)).toBe(true);
    const outcomes = await app.page.evaluate(async (url) => {
      const image = new Promise((resolve) => {
        const element = new Image();
        element.onerror = () => resolve('refused');
        element.onload = () => resolve('loaded');
        element.src = url;
      });
      const socket = new Promise((resolve) => {
        try {
          const connection = new WebSocket(url.replace('http', 'ws'));
          connection.onerror = () => resolve('refused');
          connection.onopen = () => resolve('loaded');
        } catch {
          resolve('refused');
        }
      });
      const fetched = fetch(url).then(
        () => 'loaded',
        () => 'refused',
      );
      return await Promise.all([image, socket, fetched]);
    }, outsideUrl);
    expect(outcomes).toEqual(['refused', 'refused', 'refused']);
    expect(outsideRequests).toBe(0);
    for (const room of ['main', 'preload']) expect(codeOf(room)).not.toMatch(/["'`](?:http|ws):\/\//);
  });

  it('1b: what the policy of the page might let through, the session refuses', async () => {
    const outcome = await app.electron.evaluate(async ({ session }, url) => {
      return await session.defaultSession.fetch(url).then(
        () => 'loaded',
        () => 'refused',
      );
    }, outsideUrl);
    expect(outcome).toBe('refused');
    expect(outsideRequests).toBe(0);
  });

  it('2: no Node in the page', async () => {
    const known = await preferences();
    expect(known['nodeIntegration']).toBe(false);
    for (const name of ['nodeIntegrationInWorker', 'nodeIntegrationInSubFrames']) expect(known[name]).not.toBe(true);
    const kinds = await app.page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].map((name) => typeof (globalThis as Record<string, unknown>)[name]),
    );
    expect(new Set(kinds)).toEqual(new Set(['undefined']));
  });

  it('3: the preload lives in a world of its own and hands over nothing but the shell', async () => {
    expect(await preferences()).toMatchObject({ contextIsolation: true });
    const shape = await app.page.evaluate(() => {
      const shell = (globalThis as unknown as { palomar: Record<string, unknown> }).palomar;
      const describe = (value: unknown): unknown =>
        typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, describe(inner)])) : typeof value;
      const isFixed = !Reflect.set(shell, 'connect', 1) && !Reflect.deleteProperty(globalThis, 'palomar');
      return { shell: describe(shell), isFixed };
    });
    expect(shape).toEqual({
      isFixed: true,
      shell: {
        kind: 'string',
        window: { setUnreadCount: 'function', idleMs: 'function', onNavigate: 'function' },
        links: { open: 'function', chooseFolder: 'function' },
        notifications: { permission: 'function', request: 'function' },
        microphone: { open: 'function', close: 'function' },
        pages: { catch: 'function', close: 'function' },
        connect: 'function',
      },
    });
  });

  it('4: every page runs in the real sandbox, as an ordinary user', async () => {
    expect(await preferences()).toMatchObject({ sandbox: true });
    expect(await app.electron.evaluate(({ app: main }) => main.commandLine.hasSwitch('no-sandbox'))).toBe(false);
    const pids = await rendererPids(app.electron);
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) {
      expect(seccompModeOf(pid)).toBe(2);
      expect(userOf(pid)).not.toBe(0);
    }
  });

  it('5: every permission but two is refused, when asked for and when looked up', async () => {
    const states = await app.page.evaluate(async () => {
      const names = ['geolocation', 'camera', 'microphone', 'midi', 'clipboard-read', 'persistent-storage', 'accelerometer', 'notifications'];
      const entries = names.map(async (name) => [name, (await navigator.permissions.query({ name: name as PermissionName })).state]);
      return Object.fromEntries(await Promise.all(entries)) as Record<string, string>;
    });
    expect(states['notifications']).toBe('granted');
    for (const [name, state] of Object.entries(states)) if (name !== 'notifications') expect([name, state]).toEqual([name, 'denied']);

    const refusals = await app.page.evaluate(async () => {
      const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'other');
      const media = await navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'granted', nameOf);
      const screen = await navigator.mediaDevices.getDisplayMedia().then(() => 'granted', nameOf);
      const place = await new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('granted'), (error) => resolve(error.code)));
      return [media, screen, place];
    });
    expect(refusals).not.toContain('granted');
    // Without a click of a person the page cannot ask for the microphone at all.
    const inPage = (script: string): Promise<unknown> =>
      app.electron.evaluate(({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code, false) as Promise<unknown>, script);
    // What the test itself did in the page counted as a touch for some seconds.
    await until(async () => (await inPage('navigator.userActivation.isActive')) === false, { label: 'no touch any more' });
    expect(await inPage('palomar.microphone.open().then(() => "opened", () => "refused")')).toBe('refused');
  });

  it('6: web security is on: no file and no foreign origin can be read', async () => {
    expect((await preferences())['webSecurity']).not.toBe(false);
    const isRefused = await app.page.evaluate(() => fetch('file:///etc/passwd').then(() => false, () => true));
    expect(isRefused).toBe(true);
  });

  it('7: the Content-Security-Policy holds: no eval, no inline script, no markup from text', async () => {
    const found = await app.page.evaluate(async () => {
      const outcome: Record<string, unknown> = {};
      outcome['policy'] = (await fetch('/')).headers.get('content-security-policy');
      const script = document.createElement('script');
      try {
        script.text = 'globalThis.isInlineRun = true';
        document.head.append(script);
      } catch {
        // Trusted types refuse the text itself.
      }
      outcome['inline'] = 'isInlineRun' in globalThis;
      try {
        document.createElement('div').innerHTML = '<b>x</b>';
        outcome['markup'] = 'taken';
      } catch (error) {
        outcome['markup'] = error instanceof Error ? error.name : 'other';
      }
      return outcome;
    });
    expect(found).toEqual({ policy: contentSecurityPolicy, inline: false, markup: 'TypeError' });
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
    expect(contentSecurityPolicy).toMatch(/^default-src 'none'; script-src 'self';/);
    // By way of the page's timer: the debugger itself may evaluate what it likes.
    await app.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          try {
            // eslint-disable-next-line no-implied-eval -- the attack that is to fail
            setTimeout('globalThis.isEvaluated = true', 0);
          } catch {
            // Trusted types refuse the text itself.
          }
          setTimeout(resolve, 0);
        }),
    );
    expect(await app.page.evaluate(() => 'isEvaluated' in globalThis)).toBe(false);
  });

  it('8: insecure content is never let in', async () => {
    expect((await preferences())['allowRunningInsecureContent']).not.toBe(true);
    expect(codeOf('main')).not.toMatch(/allowRunningInsecureContent:\s*true/);
  });

  it('9: no experimental features', async () => {
    expect((await preferences())['experimentalFeatures']).not.toBe(true);
  });

  it('10: no extra Blink features', async () => {
    expect((await preferences())['enableBlinkFeatures'] ?? '').toBe('');
    expect(codeOf('main')).not.toMatch(/enableBlinkFeatures|enable-blink-features/);
  });

  it('11: no webview, so none that may open windows', async () => {
    expect((await preferences())['webviewTag']).not.toBe(true);
    for (const room of ['main', 'preload', 'renderer']) expect(codeOf(room)).not.toMatch(/allowpopups|<webview/);
  });

  it('12: attaching a webview is refused even if one were possible', async () => {
    const isPrevented = await app.electron.evaluate(({ webContents }) => {
      let isStopped = false;
      const event = { preventDefault: () => (isStopped = true) };
      webContents.getAllWebContents()[0]?.emit('will-attach-webview', event, {}, {});
      return isStopped;
    });
    expect(isPrevented).toBe(true);
  });

  it('13: navigation, redirect and frame navigation are refused', async () => {
    const stopped = await app.electron.evaluate(({ webContents }) => {
      const [contents] = webContents.getAllWebContents();
      return ['will-navigate', 'will-redirect', 'will-frame-navigate'].map((name) => {
        let isStopped = false;
        contents?.emit(name, { url: 'https://example.org/', preventDefault: () => (isStopped = true) });
        return isStopped;
      });
    });
    expect(stopped).toEqual([true, true, true]);
  });

  it('14: no second window can be opened', async () => {
    const opened = await app.page.evaluate(() => ['about:blank', '/', 'palomar://app/', 'file:///etc/passwd'].map((url) => window.open(url) === null));
    expect(opened).toEqual([true, true, true, true]);
    expect(app.electron.windows()).toHaveLength(1);
  });

  it('15: of two hundred hostile links none reaches the system, and every ordinary one does', async () => {
    expect(count(codeOf('main'), /openExternal\(/g)).toBe(1);
    expect(refusedLinks.length).toBeGreaterThanOrEqual(190);
    await app.electron.evaluate(({ shell }) => {
      const seen: string[] = [];
      Object.assign(globalThis, { openedBySystem: seen });
      shell.openExternal = (url) => {
        seen.push(url);
        return Promise.resolve();
      };
    });
    const ask = (links: readonly string[]): Promise<boolean[]> =>
      app.page.evaluate(async (urls) => {
        const { palomar } = globalThis as unknown as { palomar: { links: { open(url: string): Promise<{ isOpened: boolean }> } } };
        return await Promise.all(urls.map((url) => palomar.links.open(url).then(({ isOpened }) => isOpened, () => false)));
      }, links);
    expect((await ask(refusedLinks)).filter(Boolean)).toEqual([]);
    expect((await ask(openedLinks)).every(Boolean)).toBe(true);
    const seen = await app.electron.evaluate(() => (globalThis as unknown as { openedBySystem: string[] }).openedBySystem);
    expect(seen).toHaveLength(openedLinks.length);
  });

  it('16: Electron is pinned exactly, and to a release at most one major behind', () => {
    const manifest = JSON.parse(readFileSync(join(e2eContext().appDir, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
    const pinned = manifest.devDependencies['electron'] ?? '';
    expect(pinned).toMatch(/^\d+\.\d+\.\d+$/);
    const latest = execFileSync('npm', ['view', 'electron', 'version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(Number(latest.split('.')[0]) - Number(pinned.split('.')[0])).toBeLessThanOrEqual(1);
  });

  it('17: every door to the main process is the checked one', () => {
    const main = codeOf('main');
    expect(count(main, /ipcMain\.handle\(/g)).toBe(1);
    expect(count(main, /isTrustedSender\)?\(event/g)).toBeGreaterThanOrEqual(1);
    expect(main).not.toMatch(/ipcMain\.(?:on|once|handleOnce)\(/);
    expect(codeOf('preload')).not.toMatch(/sendSync|sendToHost|exposeInMainWorld\("(?!palomar")/);
  });
});
