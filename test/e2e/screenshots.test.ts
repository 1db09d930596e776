// needs: electron
/**
 * The pictures of the README, taken from the sample data. They go to test-results; only a run with
 * PALOMAR_UPDATE_IMAGES=1 writes docs/images.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { removeDir } from './kit/as-user.ts';
import { addFolder, makePushDir } from './kit/connect-folder.ts';
import { launchDemo, type OpenInbox } from './kit/demo-inbox.ts';
import { describePicture } from './kit/describe-picture.ts';
import { takeDocsPicture } from './kit/take-picture.ts';

const widthPx = 1440;
const heightPx = 900;

describe('the pictures', () => {
  let opened: OpenInbox;
  let pushDir: string;

  beforeAll(async () => {
    pushDir = await makePushDir();
    opened = await launchDemo();
    // A window of exactly this page size, whatever borders the desktop draws.
    await opened.app.electron.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.widthPx, size.heightPx), { widthPx, heightPx });
    await until(() => opened.app.page.evaluate((size) => innerWidth === size.widthPx && innerHeight === size.heightPx, { widthPx, heightPx }), { label: 'the size of the picture' });
  });
  afterAll(async () => {
    await opened?.app.close();
    await removeDir(pushDir);
  });

  const take = async (name: string): Promise<void> => {
    const { page } = opened.app;
    await page.mouse.move(widthPx / 2, 20);
    const path = await takeDocsPicture(page, name);
    const picture = await describePicture(page, path);
    expect([picture.widthPx, picture.heightPx], name).toEqual([widthPx, heightPx]);
    // A blank page has one colour, a broken one a handful.
    expect(picture.colorCount, name).toBeGreaterThan(200);
    expect(picture.largestShare, name).toBeLessThan(0.9);
  };

  it('shows the inbox, the push preview, the dark look and adding an account', async () => {
    const { app, inbox } = opened;
    await addFolder(app, inbox, pushDir);

    await inbox.open('Marta Ruiz');
    await inbox.byId('push').click();
    await inbox.byId('push-text').first().waitFor();
    await take('push');
    await inbox.byId('push-confirm').click();
    await inbox.byId('push-line').first().waitFor({ timeout: 30_000 });
    await until(async () => (await inbox.byId('toast').count()) === 0, { timeoutMs: 30_000, label: 'the toasts to be gone' });
    await inbox.write('¿Os va bien la entrega el jueves?');
    await inbox.bubble('Buena pregunta').waitFor();
    await until(async () => (await inbox.byId('crm-card').innerText()).includes('2 messages not pushed yet'), { label: 'the card of the CRM' });
    await take('inbox');

    await inbox.byId('nav-settings').click();
    await inbox.byId('setting-theme').selectOption('dark');
    await inbox.byId('nav-inbox').click();
    await inbox.open('Marta Ruiz');
    await inbox.byId('crm-card').waitFor();
    await take('dark');

    await inbox.byId('nav-settings').click();
    await inbox.byId('setting-theme').selectOption('light');
    await inbox.byId('settings-accounts').click();
    await inbox.byId('add-account').click();
    await inbox.byId('network-xmpp').click();
    await inbox.byId('account-address').fill('marta@levante.example');
    await take('add-account');
  });
});
