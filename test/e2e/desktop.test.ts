// needs: electron
/** Closing, the tray, notifications, and what is there at once after a start. */
import { describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { makeUserDir } from './kit/as-user.ts';
import { catchNotifications } from './kit/catch-notifications.ts';
import { launchDemo, waitForDemoList } from './kit/demo-inbox.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

const closeWindow = (app: RunningApp): Promise<void> =>
  app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

const isVisible = (app: RunningApp): Promise<boolean> =>
  app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('on the desktop', () => {
  it('stays in the tray, tells of what arrives there, and a click opens that conversation', async () => {
    const { app, inbox } = await launchDemo();
    tidyUp.app(app);
    const notifications = await catchNotifications(app);
    await inbox.open('Kalev Tamm');
    await inbox.write('Kas homme sobib?');
    await inbox.bubble('Kas homme sobib?').waitFor();
    await inbox.open('Marta Ruiz');
    await closeWindow(app);
    await until(async () => !(await isVisible(app)), { label: 'the window to be gone' });

    const shown = await until(async () => (await notifications.shown()).find(({ title }) => title === 'Kalev Tamm'), { label: 'a notification' });
    expect(shown).toEqual({ title: 'Kalev Tamm', body: 'Hea küsimus, vaatan järele ja annan täna teada.' });
    await notifications.clickNewest();
    await until(() => isVisible(app), { label: 'the window again' });
    await until(async () => (await inbox.byId('conversation-title').innerText()) === 'Kalev Tamm', { label: 'its conversation' });
    await inbox.bubble('annan täna teada').waitFor();
  });

  it('shows names only, or nothing, when the person wants it so', async () => {
    const { app, inbox } = await launchDemo();
    tidyUp.app(app);
    const notifications = await catchNotifications(app);
    for (const [wish, name] of [['name-only', 'Tom Whitfield'], ['off', 'Grace Okafor']] as const) {
      await inbox.byId('nav-settings').click();
      await inbox.byId('settings-general').click();
      await inbox.byId('setting-notifications').selectOption(wish);
      await inbox.byId('nav-inbox').click();
      await inbox.open(name);
      await inbox.write('Is that so?');
      await inbox.bubble('Is that so?').waitFor();
      await inbox.open('Marta Ruiz');
      await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
      // Unread means: it arrived, and was or was not told of.
      await until(async () => Number(await inbox.row(name).getAttribute('data-unread')) === 1, { label: `an answer of ${name}` });
      await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.show());
    }
    const shown = await until(async () => ((await notifications.shown()).length > 0 ? notifications.shown() : null));
    expect(shown.map(({ title }) => title)).toEqual(['Tom Whitfield']);
    expect(shown[0]?.body).not.toContain('Good question');
  });

  it('ends when its window is closed, where the person wants that', async () => {
    const profileDir = tidyUp.dir(await makeUserDir('profile'));
    const { app, inbox } = await launchDemo({ profileDir });
    const pid = await app.electron.evaluate(() => process.pid);
    await inbox.byId('nav-settings').click();
    await inbox.byId('setting-tray').click();
    await until(async () => (await inbox.byId('setting-tray').getAttribute('aria-checked')) === 'false', { label: 'the setting to be off' });
    void closeWindow(app).catch(() => undefined);
    await until(() => !isAlive(pid), { label: 'the app to end' });
    await app.close();

    // The wish is remembered.
    const again = tidyUp.app(await launchApp({ profileDir }));
    await inboxOf(again.page).byId('nav-settings').click();
    expect(await inboxOf(again.page).byId('setting-tray').getAttribute('aria-checked')).toBe('false');
  });

  it('shows the list and a conversation after a start, before any account is connected', async () => {
    const profileDir = tidyUp.dir(await makeUserDir('profile'));
    const first = await launchDemo({ profileDir });
    await first.inbox.open('Marta Ruiz');
    await first.inbox.byId('nav-settings').click();
    await first.inbox.byId('settings-accounts').click();
    await first.inbox.byId('account-card').getByRole('switch').click();
    await until(async () => (await first.inbox.byId('account-card').innerText()).includes('Switched off'), { label: 'the account to be off' });
    await first.app.close();

    const second = tidyUp.app(await launchApp({ profileDir }));
    const inbox = inboxOf(second.page);
    await waitForDemoList(inbox);
    await inbox.open('Marta Ruiz');
    await inbox.bubble('mándame la oferta firmada').waitFor();
    await inbox.byId('nav-settings').click();
    await inbox.byId('settings-accounts').click();
    expect(await inbox.byId('account-card').innerText()).toContain('Switched off');
  });
});
