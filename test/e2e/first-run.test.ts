// needs: electron
/** The first minutes with sample data: welcome, language, where pushes go, the first push, a second one, and Undo. */
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { connectFolder, makePushDir } from './kit/connect-folder.ts';
import { launchDemo, waitForDemoList } from './kit/demo-inbox.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { readPushedFolders } from './kit/pushed-folder.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const tidyUp = useTidyUp();

const pushDir = async (): Promise<string> => tidyUp.dir(await makePushDir());

const freshApp = async (): Promise<{ app: RunningApp; inbox: Inbox }> => {
  const app = tidyUp.app(await launchApp());
  return { app, inbox: inboxOf(app.page) };
};

const demoWithFolder = async (dir: string): Promise<{ app: RunningApp; inbox: Inbox }> => {
  const { app, inbox } = await launchDemo();
  tidyUp.app(app);
  await inbox.byId('nav-settings').click();
  await inbox.byId('settings-connections').click();
  await inbox.byId('add-connection').click();
  await connectFolder(app, inbox, dir);
  await inbox.byId('nav-inbox').click();
  return { app, inbox };
};

const lineCountIs = (inbox: Inbox, count: number): Promise<true> =>
  until(async () => (await inbox.byId('push-line').count()) === count, { timeoutMs: 30_000, label: `${count} lines of pushes` });

describe('the first run', () => {
  it('welcomes in three languages and says how passwords are protected', async () => {
    const { inbox } = await freshApp();
    const words = {
      en: ['Every conversation of your company', 'no keychain'],
      es: ['Todas las conversaciones de tu empresa', 'llavero'],
      et: ['vestlused', 'võtmehoidla'],
    };
    for (const [locale, [title = '', protection = '']] of Object.entries(words)) {
      await inbox.byId(`language-${locale}`).click();
      await until(async () => (await inbox.byId('welcome').innerText()).includes(title), { label: `the welcome in ${locale}` });
      expect(await inbox.byId('protection').innerText()).toContain(protection);
      expect(await inbox.byId('welcome').page().evaluate(() => document.documentElement.lang)).toBe(locale);
    }
  });

  it('leads from the welcome to a folder, the sample list, a first push and a second one with only what is newer', async () => {
    const dir = await pushDir();
    const { app, inbox } = await freshApp();

    await inbox.byId('welcome-connection').click();
    await connectFolder(app, inbox, dir);
    await inbox.byId('welcome-connected').waitFor();
    await inbox.byId('welcome-demo').click();
    await waitForDemoList(inbox);
    await inbox.pushAfter(0);

    await inbox.open('Marta Ruiz');
    await inbox.byId('push').click();
    await inbox.byId('push-sheet').waitFor();
    const shown = (await inbox.byId('push-text').allInnerTexts()).join('\n');
    expect(shown).toContain('¿podéis mejorar el precio de las 40 unidades?');
    expect(await inbox.byId('push-option').first().getAttribute('data-action')).toBe('create');
    expect(await inbox.byId('push-sheet').innerText()).toContain('oferta-2026-118.pdf');
    // Nothing is written before the person says so.
    expect(await readdir(dir)).toEqual([]);
    await inbox.byId('push-confirm').click();
    await lineCountIs(inbox, 1);

    const [folder, ...others] = await readPushedFolders(dir);
    expect(others).toEqual([]);
    expect(folder?.name).toContain('Marta Ruiz');
    expect(folder?.notes.join('\n').trim()).toBe(shown.trim());
    expect(folder?.files.map(({ name }) => name)).toEqual([expect.stringMatching(/^oferta-2026-118.*\.pdf$/)]);
    expect(folder?.html).toContain('¿podéis mejorar el precio de las 40 unidades?');
    expect(await inbox.byId('push-line').innerText()).toMatch(/Pushed to File folder .*5 messages, 1 file/);
    expect(await inbox.row('Marta Ruiz').innerText()).toContain('File folder');
    expect(await inbox.byId('crm-card').innerText()).toContain('5 messages and 1 file in the CRM');

    // Nothing goes along twice …
    await inbox.byId('push').click();
    await inbox.byId('push-sheet').waitFor();
    await until(async () => (await inbox.byId('push-confirm').innerText()).includes('Nothing new to push'));
    expect(await inbox.byId('push-confirm').isDisabled()).toBe(true);
    await app.page.keyboard.press('Escape');
    await inbox.byId('push-sheet').waitFor({ state: 'detached' });

    // … and what is newer goes along alone.
    await inbox.write('¿Os va bien el jueves a las nueve?');
    await inbox.bubble('Buena pregunta').waitFor();
    await inbox.byId('push').click();
    await inbox.byId('push-sheet').waitFor();
    const newer = (await inbox.byId('push-text').allInnerTexts()).join('\n');
    expect(newer).toContain('el jueves a las nueve');
    expect(newer).not.toContain('las 40 unidades');
    await inbox.byId('push-confirm').click();
    await lineCountIs(inbox, 2);

    const [grown, ...more] = await readPushedFolders(dir);
    expect(more).toEqual([]);
    expect(grown?.notes).toHaveLength(2);
    expect(grown?.notes[0]).toBe(folder?.notes[0]);
    expect(grown?.notes[1]?.trim()).toBe(newer.trim());
    expect(grown?.files).toEqual(folder?.files);
  });

  it('pushes with one click and takes it back with Undo', async () => {
    const dir = await pushDir();
    const { inbox } = await demoWithFolder(dir);
    await inbox.pushAfter(0);
    await inbox.open('Liis Saar');
    await inbox.byId('push').click();
    await inbox.byId('push-one-click').check();
    await inbox.byId('push-confirm').click();
    await lineCountIs(inbox, 1);
    const [before] = await readPushedFolders(dir);

    await inbox.pushAfter(30);
    await inbox.open('Liis Saar');
    await inbox.write('Suurepärane, homseni');
    await inbox.bubble('Suurepärane, homseni').waitFor();
    await inbox.byId('push').click();
    await inbox.byId('toast').filter({ hasText: 'Pushing to' }).getByTestId('toast-action').click();
    await inbox.byId('toast').filter({ hasText: 'taken back' }).waitFor();
    await inbox.byId('nav-pushes').click();
    await inbox.byId('queue-row').first().waitFor();
    expect(await inbox.byId('queue-row').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['state']))).toContain('cancelled');

    // What was taken back is still there to be pushed; nothing of it was written.
    await inbox.byId('nav-inbox').click();
    await inbox.row('Liis Saar').click();
    await inbox.byId('crm-card-push').waitFor();
    expect(await inbox.byId('push-line').count()).toBe(1);
    expect(await readPushedFolders(dir)).toEqual([before]);
  });
});
