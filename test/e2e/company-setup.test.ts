// needs: electron
/** A connection that one person saves for the colleagues, and what a colleague sees who sets it up from the file. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { waitForDemoList } from './kit/demo-inbox.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { launchBrowser, type RunningBrowser } from './kit/launch-browser.ts';
import { takePicture } from './kit/take-picture.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const words = 'correct horse battery';
const vaultWords = 'a long enough passphrase';
const signingSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
/** Keys of all notes that arrived. */
const notes: string[] = [];
let target: Server;
let url: string;
let app: RunningApp | undefined;
let browser: RunningBrowser | undefined;

beforeAll(async () => {
  target = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const { event, key } = JSON.parse(text) as { event: string; key: string };
      if (event === 'note') notes.push(key);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  await app?.close();
  await browser?.close();
  target.closeAllConnections();
  target.close();
});

const startDemo = async (inbox: Inbox): Promise<void> => {
  await inbox.byId('welcome-demo').click();
  await waitForDemoList(inbox);
  await inbox.pushAfter(0);
};

const command = async (page: RunningApp['page'], text: string): Promise<void> => {
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill(text);
  await page.getByTestId('palette-command').first().click();
};

const pushMarta = async (inbox: Inbox): Promise<void> => {
  await inbox.byId('nav-inbox').click();
  await inbox.open('Marta Ruiz');
  await inbox.byId('push').click();
  await inbox.byId('push-confirm').click();
  await inbox.byId('push-line').first().waitFor({ timeout: 30_000 });
};

it('saves a connection for colleagues and sets it up from the file: a known conversation is named alike', async () => {
  app = await launchApp();
  const inbox = inboxOf(app.page);
  await startDemo(inbox);
  await command(app.page, 'choose where');
  await inbox.byId('connector-webhook').click();
  await inbox.byId('connection-url').fill(url);
  await inbox.byId('connection-signingSecret').fill(signingSecret);
  await inbox.byId('connection-submit').click();
  await inbox.choosePassphrase(vaultWords);
  await inbox.byId('connection-card').waitFor();

  const path = join(app.profileDir, 'company.json');
  await app.electron.evaluate(({ session }, savePath) => {
    session.defaultSession.once('will-download', (_event, item) => item.setSavePath(savePath));
  }, path);
  await inbox.byId('connection-share').click();
  await inbox.byId('share-passphrase').fill(words);
  await inbox.byId('share-repeat').fill(`${words}!`);
  await inbox.byId('share-submit').click();
  await app.page.getByText('The two passphrases differ.').waitFor();
  await inbox.byId('share-repeat').fill(words);
  await takePicture(app.page, 'share-connection');
  expect(await findProblems(app.page)).toEqual([]);
  await inbox.byId('share-submit').click();
  await inbox.byId('share-done').waitFor({ timeout: 20_000 });
  await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('}\n'), { label: 'the file' });
  await inbox.byId('share-close').click();
  const buffer = readFileSync(path);
  expect(buffer.toString()).not.toContain(signingSecret);
  await pushMarta(inbox);
  const first = [...notes];
  expect(first.length).toBeGreaterThan(0);

  browser = await launchBrowser();
  const theirs = inboxOf(browser.page);
  await startDemo(theirs);
  await command(browser.page, 'file of your company');
  await theirs.byId('setup-card').waitFor();
  // What must be sealed needs something that seals it, before anything is read.
  await theirs.byId('setup-input').setInputFiles({ name: 'company.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
  await theirs.choosePassphrase(vaultWords);
  await theirs.byId('setup-problem').waitFor();
  await theirs.byId('setup-input').setInputFiles({ name: 'company.json', mimeType: 'application/json', buffer });
  await theirs.byId('setup-about').getByText('Webhook').first().waitFor();
  await theirs.byId('setup-passphrase').fill(words);
  await takePicture(browser.page, 'company-file');
  expect(await findProblems(browser.page)).toEqual([]);
  await theirs.byId('setup-use').click();
  await theirs.byId('setup-used').waitFor();
  expect(await theirs.byId('connection-url').inputValue()).toBe(url);
  expect(await theirs.byId('connection-signingSecret').inputValue()).toBe('');
  await theirs.byId('connection-signingSecret').fill(signingSecret);
  await takePicture(browser.page, 'company-file-form');
  await theirs.byId('connection-submit').click();
  await theirs.byId('connection-card').waitFor({ timeout: 20_000 });
  notes.length = 0;
  await pushMarta(theirs);
  expect(notes).toEqual(first);
});
