// needs: electron
/** What a person sees of the rules of a push: how far back, what is hidden, and who is never pushed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { removeDir } from './kit/as-user.ts';
import { addFolder, makePushDir } from './kit/connect-folder.ts';
import { launchDemo, type OpenInbox } from './kit/demo-inbox.ts';
import { readPushedFolders } from './kit/pushed-folder.ts';
import { takePicture } from './kit/take-picture.ts';

let opened: OpenInbox;
let pushDir: string;

beforeAll(async () => {
  pushDir = await makePushDir();
  opened = await launchDemo();
  const { app, inbox } = opened;
  await addFolder(app, inbox, pushDir);
});
beforeEach(async () => {
  await opened.inbox.byId('nav-inbox').click();
  await opened.inbox.open('Marta Ruiz');
});
afterAll(async () => {
  await opened?.app.close();
  await removeDir(pushDir);
});

const text = async (): Promise<string> => (await opened.inbox.byId('push-text').allInnerTexts()).join('\n');

/** From the page of pushes. */
const saveLog = async (): Promise<string> => {
  const { app, inbox } = opened;
  const path = join(app.profileDir, 'log.csv');
  await app.electron.evaluate(({ session }, savePath) => {
    session.defaultSession.once('will-download', (_event, item) => item.setSavePath(savePath));
  }, path);
  await inbox.byId('nav-pushes').click();
  await inbox.byId('push-log').click();
  const log = await until(() => (existsSync(path) ? readFileSync(path, 'utf8') : ''), { label: 'the log' });
  await takePicture(app.page, 'push-log');
  return log;
};

it('hides a bank account and a card in the preview and on the disk, shows one when asked, begins today, and is in the log without its words', async () => {
  const { app, inbox } = opened;
  await inbox.write('Mi cuenta es ES91 2100 0418 4502 0005 1332 y la tarjeta 4111 1111 1111 1111.');
  await inbox.bubble('Mi cuenta es').waitFor();
  await inbox.byId('push').click();
  await inbox.byId('push-mask').first().waitFor();
  expect(await text()).toContain('Mi cuenta es •••• •••• •••• •••• •••• •••• y la tarjeta •••• •••• •••• ••••.');
  expect(await inbox.byId('push-mask').count()).toBe(2);
  await takePicture(app.page, 'push-masks');

  await inbox.byId('push-mask').first().getByRole('button').click();
  await until(async () => (await text().catch(() => '')).includes('ES91 2100 0418 4502 0005 1332'), { label: 'the account to be shown' });
  expect(await text()).not.toContain('4111');
  await takePicture(app.page, 'push-masks-shown');
  await inbox.byId('push-mask').first().getByRole('button').click();
  await until(async () => (await text().catch(() => '1332')).includes('1332') === false && (await inbox.byId('push-range').count()) === 1, { label: 'the account to be hidden again' });

  await inbox.byId('push-range').selectOption('today');
  await until(async () => (await inbox.byId('push-range').count()) === 1 && (await inbox.byId('push-range').inputValue()) === 'today' && (await inbox.byId('push-text').count()) > 0, { label: 'the range' });
  const shown = await text();
  await inbox.byId('push-confirm').click();
  await inbox.byId('push-line').first().waitFor({ timeout: 30_000 });
  const [folder] = await readPushedFolders(pushDir);
  expect(folder?.notes.join('\n').trim()).toBe(shown.trim());
  expect(folder?.notes.join('\n')).not.toMatch(/1332|4111/);

  const log = await saveLog();
  expect(log).toContain('Time (UTC),Account,Conversation,What,Connection,Kind of record,Record,Details\r\n');
  expect(log).toMatch(/Z,[^,]+,Marta Ruiz,Written,File folder,note,/u);
  expect(log).not.toContain('Mi cuenta');
});

it('says that a person is never pushed, and pushes nothing', async () => {
  const { app, inbox } = opened;
  await inbox.byId('never-person').click();
  await inbox.byId('never-line').first().waitFor();
  await takePicture(app.page, 'never-push');
  await inbox.write('Esto se queda aquí.');
  await inbox.byId('push').click();
  await until(async () => (await inbox.byId('toast').allInnerTexts()).some((toast) => toast.includes('never push')), { label: 'the refusal' });
  expect(await inbox.byId('push-sheet').count()).toBe(0);
  const [folder] = await readPushedFolders(pushDir);
  expect(folder?.notes.join('\n')).not.toContain('Esto se queda');
});
