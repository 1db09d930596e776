// needs: electron
/** Reading and writing in one conversation, with the sample network: no server takes part. */
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { makeUserDir } from './kit/as-user.ts';
import { launchDemo, waitForDemoList, type OpenInbox } from './kit/demo-inbox.ts';
import { launchApp } from './kit/launch-app.ts';
import { enginePid } from './kit/processes.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { meetLatePages, scrollToBeginning } from './kit/watch-scroll.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const tidyUp = useTidyUp();

const openDemo = async (): Promise<OpenInbox> => {
  const opened = await launchDemo();
  tidyUp.app(opened.app);
  return opened;
};

const composerText = (inbox: Inbox): Promise<string> => inbox.byId('composer-input').inputValue();

const isInView = (row: Locator): Promise<boolean> =>
  row.evaluate((element) => {
    const frame = element.closest('[data-testid=timeline]')?.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    return frame !== undefined && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
  });

const titles = (inbox: Inbox): Promise<readonly string[]> =>
  inbox.byId('conversation-row').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['conversationTitle'] ?? ''));

describe('a conversation', () => {
  it('scrolls up through the whole archive without a jump, with a line for each day', async () => {
    const { app, inbox } = await openDemo();
    await inbox.open('Jordi Llach');
    await inbox.bubble('Te llamo mañana a las 9').waitFor();
    const report = await scrollToBeginning(app.page);
    expect(report).toMatchObject({ isAtBeginning: true, messageCount: 422 });
    // One every three hours: 420 of them are more than fifty days.
    expect(report.days.length).toBeGreaterThan(50);
    expect(report.largestDriftPx).toBeLessThanOrEqual(1);
    expect(await inbox.bubble('(1)').count()).toBe(1);
    await inbox.byId('to-newest').click();
    await inbox.bubble('Te llamo mañana a las 9').waitFor();
  });

  it('holds still under somebody who waits at the first row for a page that comes late', async () => {
    const { app, inbox } = await openDemo();
    await inbox.open('Jordi Llach');
    await inbox.bubble('Te llamo mañana a las 9').waitFor();
    const engine = await enginePid(app.electron);
    if (engine === null) throw new Error('no engine');
    const drifts = await meetLatePages(app.page, { hold: () => process.kill(engine, 'SIGSTOP'), release: () => process.kill(engine, 'SIGCONT') });
    expect(drifts.length).toBeGreaterThan(2);
    expect(drifts.filter((px) => px > 1)).toEqual([]);
  });

  it('replies, edits, reacts and deletes', async () => {
    const { app, inbox } = await openDemo();
    await inbox.open('Grace Okafor');

    await inbox.bubble('signed contract').hover();
    await inbox.byId('message-reply').click();
    await inbox.write('It is on its way.');
    const reply = inbox.bubble('It is on its way.');
    await reply.waitFor();
    expect(await reply.locator('.quote').innerText()).toContain('signed contract');
    await until(async () => ['delivered', 'read'].includes((await inbox.delivery('It is on its way.')) ?? ''), { label: 'two ticks' });

    await reply.hover();
    await inbox.byId('message-edit').click();
    expect(await composerText(inbox)).toBe('It is on its way.');
    await inbox.write('It left this morning.');
    const edited = inbox.bubble('It left this morning.');
    await edited.waitFor();
    expect(await edited.innerText()).toContain('edited');
    expect(await inbox.bubble('It is on its way.').count()).toBe(0);

    await edited.hover();
    await inbox.byId('message-react').click();
    await app.page.getByRole('button', { name: '🎉', exact: true }).click();
    const reaction = edited.locator('.reaction');
    await reaction.waitFor();
    expect(await reaction.innerText()).toMatch(/🎉\s*1/);
    await reaction.click();
    await reaction.waitFor({ state: 'detached' });

    await edited.hover();
    await inbox.byId('message-delete').click();
    await inbox.byId('confirm-action').click();
    await inbox.bubble('It left this morning.').waitFor({ state: 'detached' });
    expect(await inbox.bubble('Message deleted').count()).toBe(1);
  });

  it('keeps a draft while another conversation is open, and over a restart', async () => {
    const profileDir = tidyUp.dir(await makeUserDir('profile'));
    const draft = 'Half a thought, with ñ and 👍';
    const first = await launchDemo({ profileDir });
    const { inbox } = first;
    await inbox.open('Tom Whitfield');
    await inbox.byId('composer-input').fill(draft);
    await inbox.open('Liis Saar');
    expect(await composerText(inbox)).toBe('');
    await until(async () => (await inbox.row('Tom Whitfield').innerText()).includes('Draft'), { label: 'the mark of a draft' });
    await inbox.open('Tom Whitfield');
    await until(async () => (await composerText(inbox)) === draft, { label: 'the draft again' });
    await first.app.close();

    const second = tidyUp.app(await launchApp({ profileDir }));
    const again = inboxOf(second.page);
    await again.open('Tom Whitfield');
    await until(async () => (await composerText(again)) === draft, { label: 'the draft after a restart' });
  });

  it('finds messages and people without their accents and jumps to the hit', async () => {
    const { app, inbox } = await openDemo();
    const search = async (words: string): Promise<void> => {
      await app.page.keyboard.press('Control+K');
      await inbox.byId('palette-input').fill(words);
    };
    // The archive is searched as far as it was read.
    await inbox.open('Jordi Llach');
    await scrollToBeginning(app.page);
    await inbox.open('Sam Doyle');

    await search('aitah');
    await until(async () => (await inbox.byId('hit').count()) >= 2, { label: 'hits for aitah' });
    expect((await inbox.byId('hit').allInnerTexts()).every((text) => text.includes('itäh'))).toBe(true);
    await inbox.byId('palette-input').fill('oferta perfecto');
    await inbox.byId('hit').filter({ hasText: 'mándame la oferta firmada' }).click();
    await until(async () => (await inbox.byId('conversation-title').innerText()) === 'Marta Ruiz');
    await until(() => isInView(inbox.bubble('mándame la oferta firmada')), { label: 'the hit in view' });

    await search('poder');
    await inbox.byId('palette-conversation').filter({ hasText: 'Mart Põder' }).click();
    await until(async () => (await inbox.byId('conversation-title').innerText()) === 'Mart Põder');

    await search('recibido 37');
    await inbox.byId('hit').filter({ hasText: '(37)' }).first().click();
    await until(async () => (await inbox.byId('conversation-title').innerText()) === 'Jordi Llach');
    await until(() => isInView(inbox.bubble('(37)')), { label: 'a hit far up in view' });
  });

  it('filters the list by unread and by name, accents aside', async () => {
    const { inbox } = await openDemo();
    await inbox.byId('filter-unread').click();
    await until(async () => (await titles(inbox)).length === 5, { label: 'five unread conversations' });
    expect(await inbox.byId('conversation-row').evaluateAll((rows) => rows.every((row) => Number((row as HTMLElement).dataset['unread']) > 0))).toBe(true);
    await inbox.byId('filter-unread').click();
    await waitForDemoList(inbox);
    await inbox.byId('list-filter').fill('poder');
    await until(async () => (await titles(inbox)).join() === 'Mart Põder', { label: 'one name' });
    await inbox.byId('list-filter').fill('nobody of that name');
    await until(async () => (await titles(inbox)).length === 0, { label: 'an empty list' });
    await inbox.byId('list-filter').press('Escape');
    await waitForDemoList(inbox);
  });

  it('opens an image large and fetches a file when asked', async () => {
    const { app, inbox } = await openDemo();
    await inbox.open('Priya Nair');
    await inbox.byId('message-image').click();
    const picture = inbox.byId('lightbox').locator('img');
    await until(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth === 480), { label: 'the picture itself' });
    await app.page.keyboard.press('Escape');
    await inbox.byId('lightbox').waitFor({ state: 'detached' });

    await inbox.open('Pedidos · Ferretería Sol');
    const file = inbox.byId('message-file');
    expect(await file.innerText()).toContain('pedido-noviembre.csv');
    expect(await file.locator('a.get').count()).toBe(0);
    await file.locator('button.get').click();
    await file.locator('a.get').waitFor();
    const text = await file.locator('a.get').evaluate(async (link) => (await fetch((link as HTMLAnchorElement).href)).text());
    expect(text).toContain('referencia;cantidad;precio');
  });

  it('folds to one column with a way back in a narrow window', async () => {
    const { app, inbox } = await openDemo();
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(640, 760));
    await until(() => app.page.evaluate(() => innerWidth === 640), { label: 'a narrow window' });
    const overflowPx = (): Promise<number> => app.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await inbox.byId('timeline').count()).toBe(0);
    expect(await overflowPx()).toBe(0);
    await inbox.row('Marta Ruiz').click();
    await inbox.bubble('Perfecto').waitFor();
    expect(await inbox.byId('conversation-list').isVisible()).toBe(false);
    expect(await overflowPx()).toBe(0);
    await inbox.byId('back').click();
    await inbox.byId('conversation-list').waitFor();
    expect(await inbox.byId('timeline').count()).toBe(0);
  });
});
