// needs: electron chromium synapse peers tools
/** Encryption as a person meets it: two Palomars of one user, one in the real window and one in a browser. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startSynapse, type SynapseServer } from '../lab/index.ts';
import { matrixPeer } from '../lab/peers/matrix-peer.ts';
import { startNioPeer, type NioPeer } from '../lab/peers/start-nio-peer.ts';
import { uploadIdentity } from '../lab/peers/upload-identity.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { launchBrowser } from './kit/launch-browser.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { passphrase } from './kit/xmpp-inbox.ts';
import { takePicture } from './kit/take-picture.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const tidyUp = useTidyUp();
const password = 'alice-secret-1';

/** Under which the keys are saved. */
const words = 'doce palomas en el tejado';

const openEncryption = async (inbox: Inbox): Promise<void> => {
  await inbox.byId('nav-settings').click();
  await inbox.byId('settings-accounts').click();
  await inbox.byId('account-manage').click();
  await inbox.byId('account-tab-encryption').click();
  await inbox.byId('encryption-state').waitFor();
};

describe('encryption of a Matrix account', () => {
  let synapse: SynapseServer;
  let carol: NioPeer;
  let keyFolder: string;

  beforeAll(async () => {
    synapse = await startSynapse();
    for (const name of ['alice', 'amaia']) await synapse.register(name, password);
    await synapse.register('carol', 'carol-secret-1');
    keyFolder = mkdtempSync(join(tmpdir(), 'palomar-carol-'));
    carol = await startNioPeer({ baseUrl: synapse.baseUrl, userId: '@carol:localhost', password: 'carol-secret-1', keyFolder });
  });
  afterAll(async () => {
    await carol?.stop();
    await synapse?.stop();
    rmSync(keyFolder, { recursive: true, force: true });
  });

  const addAccount = async (page: Page, name: string): Promise<Inbox> => {
    const inbox = inboxOf(page);
    await inbox.byId('welcome-add-account').click();
    await inbox.fillAccount('matrix', { address: `@${name}:localhost`, password, server: synapse.baseUrl });
    await inbox.choosePassphrase(passphrase);
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online', timeoutMs: 20_000 });
    return inbox;
  };
  const signIn = async (page: Page, name: string): Promise<Inbox> => {
    const inbox = await addAccount(page, name);
    await openEncryption(inbox);
    return inbox;
  };
  const answer = async (inbox: Inbox): Promise<void> => inbox.byId('dialog-complete').click();
  /** Begun from the page of the account's encryption, which has nothing left to ask for afterwards. */
  const setUp = async (page: Page, inbox: Inbox): Promise<void> => {
    await inbox.byId('encryption-help').click();
    await answer(inbox);
    const key = inbox.byId('form-fixed');
    await until(async () => /(?:[A-Za-z0-9]{4} ){11}/u.test(await key.innerText()), { label: 'the recovery key', timeoutMs: 20_000 });
    await takePicture(page, 'encryption-recovery-key');
    await inbox.byId('field-kept').click();
    await answer(inbox);
    await inbox.byId('dialog-done').click();
    await until(async () => (await inbox.byId('encryption-help').count()) === 0, { label: 'nothing left to do' });
  };

  it('is set up in one window, and a second one is verified by comparing pictures', async () => {
    const app = tidyUp.app(await launchApp());
    const first = await signIn(app.page, 'alice');
    await takePicture(app.page, 'encryption-not-set-up');
    expect(await findProblems(app.page)).toEqual([]);
    await setUp(app.page, first);

    const browser = await launchBrowser();
    try {
      const second = await signIn(browser.page, 'alice');
      await second.byId('encryption-help').click();
      await first.byId('verification-answer').click();
      await answer(first);
      const pictures = (inbox: Inbox): Promise<string> => inbox.byId('form-fixed').innerText();
      await Promise.all([first.byId('form-fixed').waitFor(), second.byId('form-fixed').waitFor()]);
      expect(await pictures(second)).toBe(await pictures(first));
      expect((await pictures(first)).split('\n').filter((line) => line.trim() !== '').length).toBeGreaterThanOrEqual(7);
      await takePicture(app.page, 'encryption-pictures');
      expect(await findProblems(app.page)).toEqual([]);
      for (const inbox of [first, second]) await inbox.byId('dialog-sheet').locator('select').selectOption('yes');
      await Promise.all([answer(first), answer(second)]);
      await Promise.all([first.byId('dialog-done').click(), second.byId('dialog-done').click()]);
      await until(async () => (await second.byId('encryption-help').count()) === 0, { label: 'the second device is verified', timeoutMs: 20_000 });
      await takePicture(browser.page, 'encryption-in-order');
      expect(await findProblems(browser.page)).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it('carries a conversation with somebody of another program, and says who that is', async () => {
    const app = tidyUp.app(await launchApp());
    const inbox = await signIn(app.page, 'amaia');
    await setUp(app.page, inbox);
    await inbox.byId('nav-inbox').click();
    const roomId = await carol.createRoom({ invite: ['@amaia:localhost'], isDirect: true, isEncrypted: true });
    await inbox.byId('conversation-row').first().click();
    await app.page.getByRole('button', { name: 'Accept' }).first().click();
    // Carol's program has to hear of our keys before she writes.
    await until(
      async () => {
        await carol.send(roomId, 'Only for your eyes');
        return (await inbox.bubble('Only for your eyes').count()) > 0;
      },
      { label: 'a readable message', intervalMs: 1_000, timeoutMs: 30_000 },
    );
    await inbox.write('And mine for yours');
    await carol.waitForMessage((event) => event['body'] === 'And mine for yours');
    await inbox.byId('trust-devices').getByText('can read what you write').waitFor();
    // Nobody has vouched for the device of carol's program.
    const sign = inbox.bubble('Only for your eyes').first().getByTestId('message-shield');
    expect(await sign.innerText()).toContain('Unverified device');
    await sign.click();
    await app.page.getByText('somebody else may have added it').first().waitFor();
    await takePicture(app.page, 'encrypted-chat');
    expect(await findProblems(app.page)).toEqual([]);
    await warnsOf(app.page, inbox);

    const path = join(app.profileDir, 'keys.txt');
    await app.electron.evaluate(({ session }, savePath) => {
      session.defaultSession.once('will-download', (_event, item) => item.setSavePath(savePath));
    }, path);
    await openEncryption(inbox);
    await inbox.byId('key-export').click();
    await inbox.byId('key-file-passphrase').fill('password');
    expect(await inbox.byId('key-file-strength').innerText()).toContain('Weak');
    await inbox.byId('key-file-passphrase').fill(words);
    await inbox.byId('key-file-repeat').fill(`${words}!`);
    await inbox.byId('key-file-submit').click();
    await app.page.getByText('The two passphrases differ.').waitFor();
    await inbox.byId('key-file-repeat').fill(words);
    await takePicture(app.page, 'encryption-save-keys');
    expect(await findProblems(app.page)).toEqual([]);
    await inbox.byId('key-file-submit').click();
    await inbox.byId('key-file-done').waitFor();
    await until(() => existsSync(path) && readFileSync(path, 'utf8').trimEnd().endsWith('-----END MEGOLM SESSION DATA-----'), { label: 'the file of keys' });
    await readKeysElsewhere(readFileSync(path));
  });

  /** Of carol's device, which nobody vouches for, and of the keys that she changes. */
  const warnsOf = async (page: Page, inbox: Inbox): Promise<void> => {
    await inbox.byId('devices-sign').focus();
    await page.keyboard.press('Enter');
    await inbox.byId('devices-words').getByText('can read what you write').waitFor();
    await takePicture(page, 'encryption-devices-sign');
    expect(await findProblems(page)).toEqual([]);
    await page.keyboard.press('Escape');

    const carolElsewhere = await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@carol:localhost', password: 'carol-secret-1' });
    await uploadIdentity(carolElsewhere, 'carol-secret-1');
    await inbox.byId('trust').getByText('Not verified.').waitFor();
    expect(await inbox.byId('identity-banner').count()).toBe(0);
    await uploadIdentity(carolElsewhere, 'carol-secret-1');
    await inbox.byId('identity-banner').filter({ hasText: 'The identity of carol (@carol:localhost) has changed.' }).waitFor();
    await takePicture(page, 'encryption-identity-changed');
    expect(await findProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 640, height: 760 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await takePicture(page, 'encryption-identity-changed-640');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
    expect(await findProblems(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 800 });
    await inbox.byId('identity-approve').focus();
    await page.keyboard.press('Enter');
    await page.getByText('Ask them over another way before you go on.').waitFor();
    await inbox.byId('dialog-complete').click();
    await inbox.byId('dialog-done').click();
    await inbox.byId('identity-banner').waitFor({ state: 'detached' });
  };

  /** A second computer, which has never seen these messages. */
  const readKeysElsewhere = async (buffer: Buffer): Promise<void> => {
    const browser = await launchBrowser();
    try {
      const inbox = await addAccount(browser.page, 'amaia');
      await inbox.byId('conversation-row').first().click();
      const isReadable = async (): Promise<boolean> => (await inbox.bubble('Only for your eyes').count()) > 0;
      await browser.page.getByText('Its key is in your backup').first().waitFor();
      expect(await isReadable()).toBe(false);
      await openEncryption(inbox);
      // The one button that helps, were it in the backup; here it is not.
      expect(await inbox.byId('encryption-help-backup-locked').innerText()).toBe('Enter recovery key');
      await takePicture(browser.page, 'encryption-unreadable');
      await inbox.byId('key-import').click();
      await inbox.byId('key-file-input').setInputFiles({ name: 'keys.txt', mimeType: 'text/plain', buffer });
      await inbox.byId('key-file-passphrase').fill('not these words');
      await inbox.byId('key-file-submit').click();
      await browser.page.getByText('This is not the passphrase of the file').waitFor();
      await takePicture(browser.page, 'encryption-read-keys');
      expect(await findProblems(browser.page)).toEqual([]);
      await inbox.byId('key-file-passphrase').fill(words);
      await inbox.byId('key-file-submit').click();
      await inbox.byId('key-file-done').waitFor();
      await inbox.byId('key-file-close').click();
      await browser.page.getByText('None: everything here can be read.').waitFor();
      await inbox.byId('nav-inbox').click();
      await inbox.byId('conversation-row').first().click();
      await until(isReadable, { label: 'the older message is readable', timeoutMs: 20_000 });
    } finally {
      await browser.close();
    }
  };
});
