// needs: electron
/** The folder's PDF, drawn by the real window's process: told first, readable, and nothing is fetched for it. */
import { createServer, type Server } from 'node:http';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { removeDir } from './kit/as-user.ts';
import { answerFolderDialog, makePushDir } from './kit/connect-folder.ts';
import { launchDemo, type OpenInbox } from './kit/demo-inbox.ts';
import { pdfLetters } from './kit/pdf-letters.ts';
import { readPushedFolders } from './kit/pushed-folder.ts';
import { takePicture } from './kit/take-picture.ts';

let opened: OpenInbox;
let pushDir: string;
let server: Server;
let fetched = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    fetched += 1;
    response.end('fetched');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  pushDir = await makePushDir();
  opened = await launchDemo();
});
afterAll(async () => {
  await opened?.app.close();
  server?.close();
  await removeDir(pushDir);
});

const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.png`;

interface Seen {
  readonly isVisible: boolean;
  readonly preferences: Readonly<Record<string, unknown>>;
  readonly isInMemory: boolean;
  readonly answers: readonly string[];
}

/** Looks at the next window that opens, and tries to get out of its session. */
const watchNextWindow = (url: string): Promise<void> =>
  opened.app.electron.evaluate(({ app, net, session }, target) => {
    const seen: unknown[] = [];
    Reflect.set(globalThis, 'printWindows', seen);
    const ask = (used: Electron.Session): Promise<string> =>
      new Promise((resolve) => {
        const request = net.request({ url: target, session: used });
        request.on('response', () => resolve('answered'));
        request.on('error', (error) => resolve(error.message));
        request.end();
      });
    app.once('browser-window-created', (_event, window) => {
      const contents = window.webContents as Electron.WebContents & { getLastWebPreferences(): Record<string, unknown> };
      const { sandbox, javascript, nodeIntegration } = contents.getLastWebPreferences();
      const facts = { isVisible: window.isVisible(), preferences: { sandbox, javascript, nodeIntegration }, isInMemory: !contents.session.isPersistent() };
      void Promise.all([ask(contents.session), ask(session.fromPartition('control'))]).then((answers) => seen.push({ ...facts, answers }));
    });
  }, url);

const windows = (): Promise<readonly Seen[]> => opened.app.electron.evaluate(() => Reflect.get(globalThis, 'printWindows') as never);

it('writes conversation.pdf beside the page, with every letter, and fetches nothing', async () => {
  const { app, inbox } = opened;
  await inbox.byId('nav-settings').click();
  await inbox.byId('settings-connections').click();
  await inbox.byId('add-connection').click();
  await answerFolderDialog(app, pushDir);
  await inbox.byId('connector-file-folder').click();
  await inbox.byId('choose-folder').click();
  await inbox.byId('connection-pdf').click();
  await takePicture(app.page, 'folder-pdf-form');
  await inbox.byId('connection-submit').click();
  await inbox.byId('connection-form').waitFor({ state: 'detached' });
  await inbox.pushAfter(0);
  await inbox.open('Marta Ruiz');
  const said = `¿Ñandú? õäöüš Ωμέγα Привет <img src="${address()}"><script>document.title="x"</script>`;
  await inbox.write(said);
  await inbox.bubble('Ñandú').waitFor();
  await until(async () => (await app.page.locator('[data-testid="message"][data-own="true"]:is([data-delivery="sending"],[data-delivery="waiting"])').count()) === 0, { label: 'the message to be sent' });

  await watchNextWindow(address());
  await app.page.keyboard.press('Control+Alt+Enter');
  await inbox.byId('push-text').first().waitFor();
  expect(await inbox.byId('push-sheet').innerText()).toContain('conversation.pdf is written too');
  await takePicture(app.page, 'folder-pdf-preview');
  await inbox.byId('push-confirm').click();

  const [folder] = await until(async () => {
    const folders = await readPushedFolders(pushDir);
    return folders.length > 0 ? folders : undefined;
  }, { timeoutMs: 40_000, label: 'the push' });
  const pdf = await until(() => readFile(join(pushDir, folder!.name, 'conversation.pdf')).catch(() => undefined), { timeoutMs: 40_000, label: 'the PDF' });
  expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
  await writeFile('test-results/images/folder-pdf.pdf', pdf);
  const letters = pdfLetters(pdf);
  expect([...said].filter((letter) => letter !== ' ' && !letters.has(letter))).toEqual([]);
  expect(folder!.html).toContain('Ñandú');

  const [drawn] = await until(async () => ((await windows()).length > 0 ? await windows() : undefined), { label: 'the window that printed' });
  expect(drawn).toMatchObject({ isVisible: false, isInMemory: true, preferences: { sandbox: true, javascript: false, nodeIntegration: false } });
  // The control gets through; the session that prints does not.
  expect(drawn?.answers[1]).toBe('answered');
  expect(drawn?.answers[0]).toContain('ERR_BLOCKED_BY_CLIENT');
  expect(fetched).toBe(1);
  await until(async () => (await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)) === 1, { label: 'the window to be gone' });
});
