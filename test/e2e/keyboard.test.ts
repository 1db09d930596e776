// needs: electron
/** The whole way without a mouse: search, the list, writing, pushing, and out of everything again. */
import { describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { answerFolderDialog, makePushDir } from './kit/connect-folder.ts';
import { launchApp } from './kit/launch-app.ts';
import { readPushedFolders } from './kit/pushed-folder.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

describe('the keyboard alone', () => {
  it('goes from the first run to a push', async () => {
    const dir = tidyUp.dir(await makePushDir());
    const app = tidyUp.app(await launchApp());
    const inbox = inboxOf(app.page);
    const { keyboard } = app.page;
    await answerFolderDialog(app, dir);
    const title = (): Promise<string> => inbox.byId('conversation-title').innerText();
    const isOpen = (name: string): Promise<true> => until(async () => (await title()) === name, { label: `${name} is open` });
    const focused = (): Promise<string> => app.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['testid'] ?? '');
    const tabTo = async (testid: string): Promise<void> => {
      for (let presses = 0; (await focused()) !== testid; presses += 1) {
        if (presses > 40) throw new Error(`Tab does not reach ${testid}`);
        await keyboard.press('Tab');
      }
    };

    await inbox.byId('welcome').waitFor();
    await tabTo('welcome-demo');
    await keyboard.press('Enter');
    await inbox.row('Marta Ruiz').waitFor();

    // A push that goes at once, by the settings.
    await keyboard.press('Control+,');
    await inbox.byId('settings').waitFor();
    await tabTo('setting-push-undo');
    await keyboard.type('not at all');
    await until(async () => (await inbox.byId('setting-push-undo').inputValue()) === '0', { label: 'the setting' });
    await keyboard.press('Control+1');
    await inbox.byId('conversation-list').waitFor();

    // By search, then up and down the list.
    await keyboard.press('Control+K');
    await inbox.byId('palette-input').waitFor();
    await keyboard.type('grace');
    await inbox.byId('palette-conversation').first().waitFor();
    await keyboard.press('Enter');
    await inbox.byId('palette').waitFor({ state: 'detached' });
    await isOpen('Grace Okafor');
    await keyboard.press('l');
    await until(async () => (await focused()) === 'conversation-list', { label: 'the list has the focus' });
    await keyboard.press('Home');
    await isOpen('Marta Ruiz');
    await keyboard.press('ArrowDown');
    await isOpen('Kalev Tamm');
    await keyboard.press('j');
    await isOpen('Support · level 2');
    await keyboard.press('k');
    await isOpen('Kalev Tamm');

    // Write: Enter goes to the box, Enter sends.
    await keyboard.press('Enter');
    await until(async () => (await focused()) === 'composer-input', { label: 'the box has the focus' });
    await keyboard.type('Suur aitah!');
    await keyboard.press('Enter');
    await inbox.bubble('Suur aitah!').waitFor();

    // Push from the box: first to the choice of a target, then for real.
    await keyboard.press('Control+Enter');
    await inbox.byId('connection-form').waitFor();
    await tabTo('connector-file-folder');
    await keyboard.press('Enter');
    await tabTo('choose-folder');
    await keyboard.press('Enter');
    await until(() => inbox.byId('connection-submit').isEnabled(), { label: 'a chosen folder' });
    await tabTo('connection-submit');
    await keyboard.press('Enter');
    await inbox.byId('connection-card').waitFor();
    await keyboard.press('Control+1');
    await inbox.byId('conversation-list').waitFor();
    await keyboard.press('l');
    // Whoever was written to last stands first.
    await keyboard.press('ArrowDown');
    await isOpen('Kalev Tamm');
    await keyboard.press('Control+Enter');
    await inbox.byId('push-text').first().waitFor();
    await keyboard.press('Escape');
    await inbox.byId('push-sheet').waitFor({ state: 'detached' });
    await keyboard.press('Control+Enter');
    await inbox.byId('push-text').first().waitFor();
    await keyboard.press('Control+Enter');
    await inbox.byId('push-line').first().waitFor({ timeout: 30_000 });
    const [folder, ...others] = await readPushedFolders(dir);
    expect(others).toEqual([]);
    expect(folder?.name).toContain(await title());
  });
});
