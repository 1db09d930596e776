// needs: electron
/** Calls to the main process from pages that are not ours, and nonsense from the one that is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ipcChannels } from '#rpc';
import { launchApp, type RunningApp } from './kit/launch-app.ts';

const asked = [ipcChannels.connect, ipcChannels.setUnreadCount, ipcChannels.idleMs, ipcChannels.openLink, ipcChannels.chooseFolder, ipcChannels.catchPage, ipcChannels.closePage];
const callsEach = 15_000;

describe('the doors of the main process', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await launchApp();
    await app.electron.evaluate(({ shell, dialog }) => {
      const reached: string[] = [];
      Object.assign(globalThis, { reached });
      shell.openExternal = (url) => Promise.resolve(void reached.push(url));
      dialog.showOpenDialog = () => Promise.resolve({ canceled: true, filePaths: [] });
    });
  });
  afterAll(() => app.close());

  it('are closed to another page, even one with the same preload', async () => {
    const answers = await app.electron.evaluate(async ({ BrowserWindow, app: main }) => {
      const preload = `${main.getAppPath()}/dist/preload/index.cjs`;
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true } });
      await stranger.loadURL('data:text/html,stranger').catch(() => undefined);
      const outcome: unknown = await stranger.webContents.executeJavaScript(`Promise.all([
        palomar.connect(), palomar.links.open('https://example.org/'), palomar.links.chooseFolder(),
        palomar.pages.catch({ url: 'https://example.org/', fields: [] }), palomar.pages.close(),
      ].map((call) => call.then(() => 'answered', (error) => error.message)))`);
      stranger.destroy();
      return outcome as string[];
    });
    expect(answers).toHaveLength(5);
    for (const answer of answers) expect(answer).toContain('refused');
  });

  it('are closed to a frame inside the page and to a page that moved away', async () => {
    const outcomes = await app.electron.evaluate(async ({ ipcMain, webContents }, channels) => {
      type Handler = (event: unknown, ...inputs: unknown[]) => unknown;
      const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, Handler> })._invokeHandlers;
      const [sender] = webContents.getAllWebContents();
      const senders = [
        { sender, senderFrame: { url: 'palomar://app/' } },
        { sender, senderFrame: null },
        { sender: {}, senderFrame: sender?.mainFrame },
      ];
      const calls = channels.flatMap((channel) =>
        senders.map(async (event) => {
          try {
            await handlers.get(channel)?.({ ...event, _reply: () => undefined, _throw: (error: Error) => Promise.reject(error) });
            return 'answered';
          } catch {
            return 'refused';
          }
        }),
      );
      return await Promise.all(calls);
    }, asked);
    expect(outcomes).toHaveLength(asked.length * 3);
    expect(outcomes).not.toContain('answered');
  });

  it('answer a hundred thousand malformed calls with refusals only', async () => {
    const result = await app.electron.evaluate(
      async ({ ipcMain, webContents }, { channels, calls }) => {
        type Handler = (event: unknown, ...inputs: unknown[]) => unknown;
        const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, Handler> })._invokeHandlers;
        const [sender] = webContents.getAllWebContents();
        let seed = 1;
        const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
        const atoms = [null, true, Number.NaN, -1, 1.5, 1e308, 'x', 'file:///etc/passwd', '../..', '__proto__', new Date(0), /x/, new Map(), 10n, new Uint8Array(3)];
        const value = (depth: number): unknown => {
          if (depth === 0 || next(3) === 0) return atoms[next(atoms.length)];
          if (next(2) === 0) return Array.from({ length: next(5) }, () => value(depth - 1));
          return Object.fromEntries(Array.from({ length: next(5) }, (_, index) => [`k${index}`, value(depth - 1)]));
        };
        let answered = 0;
        let refused = 0;
        const warn = console.warn;
        console.warn = () => undefined;
        for (const channel of channels) {
          for (let index = 0; index < calls; index += 1) {
            // One too many makes even a well-formed first input malformed.
            const inputs = next(2) === 0 ? [value(3), value(1)] : [[value(3)]];
            let isRefused = false;
            try {
              const event = { sender, senderFrame: sender?.mainFrame, _reply: () => undefined, _throw: () => (isRefused = true) };
              await handlers.get(channel)?.(event, ...inputs);
            } catch {
              isRefused = true;
            }
            if (isRefused) refused += 1;
            else answered += 1;
          }
        }
        console.warn = warn;
        return { answered, refused, reached: (globalThis as unknown as { reached: string[] }).reached };
      },
      { channels: asked, calls: callsEach },
    );
    expect(result).toEqual({ answered: 0, refused: asked.length * callsEach, reached: [] });
  });

  it('close a port that sends something else than frames, and the engine goes on', async () => {
    const outcome = await app.page.evaluate(async () => {
      type Port = { post(frame: unknown): void; onFrame(listener: (frame: unknown) => void): void; onClose(listener: () => void): void };
      const { palomar } = globalThis as unknown as { palomar: { connect(): Promise<Port> } };
      const port = await palomar.connect();
      const closed = new Promise<string>((resolve) => port.onClose(() => resolve('closed')));
      const answered = new Promise<string>((resolve) => port.onFrame(() => resolve('answered')));
      port.post({ id: 1, method: 'app.start', input: { text: 'x'.repeat(2_000_000) } });
      const first = await Promise.race([closed, answered]);
      const second = await palomar.connect();
      const works = new Promise<string>((resolve) => second.onFrame(() => resolve('answered')));
      second.post({ id: 2, method: 'app.start', input: {} });
      return [first, await works];
    });
    expect(outcome[1]).toBe('answered');
    expect(['closed', 'answered']).toContain(outcome[0]);
  });
});
