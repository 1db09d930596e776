// needs: electron
/** axe-core on every main screen in every appearance: nothing serious, nothing critical. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { removeDir } from './kit/as-user.ts';
import { connectFolder, makePushDir } from './kit/connect-folder.ts';
import { waitForDemoList } from './kit/demo-inbox.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const themes = ['light', 'dark', 'contrast'] as const;
type Theme = (typeof themes)[number];

describe('accessibility', () => {
  let app: RunningApp;
  let inbox: Inbox;
  let pushDir: string;

  beforeAll(async () => {
    pushDir = await makePushDir();
    app = await launchApp();
    inbox = inboxOf(app.page);
  });
  afterAll(async () => {
    await app?.close();
    await removeDir(pushDir);
  });

  const setTheme = async (theme: Theme): Promise<void> => {
    await app.page.keyboard.press('Control+,');
    await inbox.byId('settings-general').click();
    await inbox.byId('setting-theme').selectOption(theme);
    await until(() => app.page.evaluate((wanted) => document.documentElement.dataset['theme'] === wanted, theme), { label: `the ${theme} theme` });
  };

  /** Each screen, in the order in which a person comes to it. */
  const screens: Readonly<Record<string, () => Promise<unknown>>> = {
    settings: () => inbox.byId('settings').waitFor(),
    'accounts in settings': async () => {
      await inbox.byId('settings-accounts').click();
      await inbox.byId('account-card').waitFor();
    },
    'adding an account': async () => {
      await inbox.byId('add-account').click();
      await inbox.byId('network-xmpp').click();
      await inbox.byId('account-more').click();
    },
    'inbox and conversation': async () => {
      await inbox.byId('nav-inbox').click();
      await inbox.open('Marta Ruiz');
      await inbox.byId('crm-card').waitFor();
      await inbox.bubble('Perfecto').first().hover();
    },
    'push preview': async () => {
      await app.page.keyboard.press('Control+Alt+Enter');
      await inbox.byId('push-text').first().waitFor();
    },
    'search and commands': async () => {
      await app.page.keyboard.press('Escape');
      await inbox.byId('push-sheet').waitFor({ state: 'detached' });
      await app.page.keyboard.press('Control+K');
      await inbox.byId('palette-input').fill('oferta');
      await inbox.byId('hit').first().waitFor();
    },
    contacts: async () => {
      await app.page.keyboard.press('Escape');
      await inbox.byId('palette').waitFor({ state: 'detached' });
      await inbox.byId('nav-contacts').click();
      await inbox.byId('contact-row').first().waitFor();
    },
    'pushes to the CRM': async () => {
      await inbox.byId('nav-pushes').click();
      await inbox.byId('push-queue').waitFor();
    },
  };

  it('is judged by something that sees faults', async () => {
    await inbox.byId('welcome').waitFor();
    await app.page.evaluate(() => {
      const pale = document.createElement('button');
      pale.style.cssText = 'position:fixed;top:0;left:0;color:#fffdf9;background:#f6f3ee';
      pale.textContent = 'pale';
      const nameless = document.createElement('button');
      nameless.style.cssText = 'position:fixed;top:60px;left:0;width:40px;height:40px';
      document.querySelector('[data-testid=welcome]')?.append(pale, nameless);
    });
    const found = (await findProblems(app.page)).join('\n');
    await app.page.reload();
    expect(found).toContain('color-contrast: ');
    expect(found).toContain('button-name: ');
  });

  it('has no serious problem on any main screen, in light, dark and high contrast', async () => {
    const problems: Record<string, readonly string[]> = {};
    const look = async (screen: string): Promise<void> => {
      const found = await findProblems(app.page);
      if (found.length > 0) problems[screen] = found;
    };
    await inbox.byId('welcome').waitFor();
    await look('welcome, light');
    for (const scheme of ['dark', 'light'] as const) {
      await app.page.emulateMedia({ colorScheme: scheme });
      await look(`welcome, ${scheme} system`);
    }
    await inbox.byId('welcome-connection').click();
    await look('choosing where pushes go');
    await connectFolder(app, inbox, pushDir);
    await inbox.byId('welcome-demo').click();
    await waitForDemoList(inbox);
    for (const theme of themes) {
      await setTheme(theme);
      for (const [screen, show] of Object.entries(screens)) {
        await show();
        await look(`${screen}, ${theme}`);
      }
    }
    expect(problems).toEqual({});
  });
});
