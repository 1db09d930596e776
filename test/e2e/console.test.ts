// needs: electron prosody peers tools
/** The connection report and the console of an account, in the real window, beside a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { launchApp } from './kit/launch-app.ts';
import { takeDocsPicture, takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, ownPassword, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

describe('for those who look closer', () => {
  let world: XmppWorld;

  beforeAll(async () => {
    world = await startXmppWorld({ version: '13' });
  });
  afterAll(() => world?.stop());

  it('the connection is explained, and the wire is seen without its secrets', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const { page } = app;
    const inbox = inboxOf(page);
    await addXmppAccount(inbox, world);
    const textOf = (id: string): Promise<string> => inbox.byId(id).first().innerText();

    await page.evaluate(() => (location.hash = '#/account/1/connection'));
    await inbox.byId('report-features').waitFor();
    expect(await textOf('fact-tlsVersion')).toContain('TLSv1.');
    expect(await textOf('fact-mechanism')).toMatch(/SCRAM|HT-/);
    expect(await textOf('fact-software')).toContain('Prosody');
    expect(await textOf('fact-roundTrip')).toMatch(/\d+ ms/);
    expect(await inbox.byId('fact-xep-0313').getAttribute('data-tone')).toBe('good');
    await takeDocsPicture(page, 'connection');

    await inbox.byId('account-tab-console').click();
    await inbox.byId('console').waitFor();
    const lines = (): Promise<readonly string[]> => inbox.byId('console-line').allInnerTexts();
    const peer = await world.connectPeer();
    // The first line proves that the console is open; what was said before it is nobody's business.
    await inbox.byId('console-template').selectOption('ping');
    await inbox.byId('console-send').click();
    await until(async () => (await lines()).some((line) => line.includes('urn:xmpp:ping')), { label: 'the ping on the wire' });
    await until(async () => (await lines()).some((line) => line.includes('type="result"')), { label: 'its answer' });
    await peer.send(world.ownJid, 'Seen on the wire');
    await until(async () => (await lines()).some((line) => line.includes('Seen on the wire')), { label: 'the message on the wire' });

    await inbox.byId('console-text').fill('<message><body>half');
    expect(await textOf('console-problem')).toContain('<body>');
    expect(await inbox.byId('console-send').isDisabled()).toBe(true);
    await inbox.byId('console-text').fill('<message from="other@example.org"/>');
    await inbox.byId('console-send').click();
    await until(async () => (await textOf('console-problem')).includes('another address'), { label: 'the reason' });
    await inbox.byId('console-text').fill('');

    // A whole sign-in, from the first byte: no proof and no token of it is shown.
    await world.prosody.kill();
    await world.prosody.restart();
    await inbox.byId('console-find').fill('(hidden)');
    await until(async () => (await lines()).some((line) => line.includes('(hidden)')), { label: 'a sign-in on the wire', timeoutMs: 60_000 });
    const everything = (await lines()).join('\n');
    expect(everything).not.toContain(ownPassword);
    expect(everything).not.toMatch(/<(initial-response|response|challenge)[^>]*>(?!\(hidden\))[^<]/);

    await inbox.byId('console-find').fill('');
    for (const kind of ['presence', 'iq', 'sm', 'stream']) await inbox.byId(`console-kind-${kind}`).click();
    await until(async () => (await inbox.byId('console-line').evaluateAll((rows) => rows.every((row) => (row as HTMLElement).dataset['kind'] === 'message'))), { label: 'messages only' });
    await inbox.byId('console-kind-iq').click();
    await inbox.byId('console-kind-stream').click();
    await takeDocsPicture(page, 'console');

    await inbox.byId('console-find').fill('nothing of that kind');
    await until(async () => (await lines()).length === 0, { label: 'an empty console' });
    await inbox.byId('console-find').fill('');
    await inbox.byId('console-clear').click();
    expect((await lines()).filter((line) => line.includes('Seen on the wire'))).toEqual([]);

    // Narrow, and in the look with the strongest contrast.
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(640, 760));
    await until(() => page.evaluate(() => innerWidth === 640), { label: 'a narrow window' });
    const isTooWide = (): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(await isTooWide()).toBe(false);
    await page.evaluate(() => (document.documentElement.dataset['theme'] = 'dark'));
    await takePicture(page, 'console-narrow');
    await inbox.byId('account-tab-connection').click();
    await inbox.byId('report-features').waitFor();
    expect(await isTooWide()).toBe(false);
    await takePicture(page, 'connection-narrow');
  });
});
