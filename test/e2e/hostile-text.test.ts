// needs: electron prosody peers tools
/** What strangers may send: none of it runs, none of it breaks anything, and all of it is shown as what it is. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverCertificate, type SlixmppPeer } from '../lab/index.ts';
import { until } from '../kit/until.ts';
import { catchNotifications } from './kit/catch-notifications.ts';
import { connectFolder, makePushDir } from './kit/connect-folder.ts';
import { launchApp } from './kit/launch-app.ts';
import { readPushedFolders } from './kit/pushed-folder.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

const markup = `<img src=x onerror="window.__pwned=1"><script>window.__pwned=1</script>{{constructor.constructor('window.__pwned=1')()}}`;
const backwards = 'Invoice \u202egpj.exe\u202c \u2066isolated\u2069 \u0085\u009f end';
const scriptLink = 'Look: javascript:window.__pwned=1 or data:text/html,<script>window.__pwned=1</script> now';
/** The first letters of the host are Cyrillic. */
const falseFriend = 'Pay here: https://\u0440\u0430ypal.com/pay';
const emoji = `crowd ${'😀'.repeat(10_000)}`;
/** The server takes stanzas of up to 256 KiB. */
const oneLine = `line ${'x'.repeat(250_000)}`;

const pictureBytes = Buffer.from('not really a picture');

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&apos;');

describe('hostile text', () => {
  let world: XmppWorld;
  let peer: SlixmppPeer;
  let trap: Server;
  let trapUrl: string;
  let trapConnections = 0;

  beforeAll(async () => {
    world = await startXmppWorld();
    peer = await world.connectPeer();
    const { keyFile, certFile } = await serverCertificate(['localhost']);
    trap = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end(pictureBytes);
    });
    trap.on('connection', () => (trapConnections += 1));
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    trapUrl = `https://localhost:${(trap.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    trap?.close();
    await world?.stop();
  });

  /** Formatted text with a script in it, a nickname made of markup, and a picture on a server of the attacker's. */
  const sendDressedUp = (): Promise<void> => {
    const picture = `${trapUrl}/%E2%80%AEgnp.%3Cimg%20src=x%3E.png`;
    return peer.sendRaw(
      `<message to='${world.ownJid}' type='chat' id='dressed-up'><body>${escapeXml(picture)}</body>` +
        `<nick xmlns='http://jabber.org/protocol/nick'>${escapeXml(`\u202e${markup}`)}</nick>` +
        `<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>` +
        `<script>window.__pwned=1</script><img src='${trapUrl}/pixel.png'/></body></html>` +
        `<x xmlns='jabber:x:oob'><url>${escapeXml(picture)}</url></x></message>`,
    );
  };

  it('is shown as text in list, timeline, notification, search, preview and folder, and runs nowhere', async () => {
    const pushDir = tidyUp.dir(await makePushDir());
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const inbox = inboxOf(app.page);
    const outside: string[] = [];
    app.page.on('request', (request) => {
      if (!/^(?:palomar|blob|data|devtools):/.test(request.url())) outside.push(request.url());
    });
    await app.electron.evaluate(({ shell }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { openedLinks: opened });
      shell.openExternal = (url) => Promise.resolve(void opened.push(url));
    });
    const answersQuickly = async (after: string): Promise<void> => {
      const startedAtMs = performance.now();
      await app.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      expect(performance.now() - startedAtMs, `an answer after ${after}`).toBeLessThan(1_000);
    };
    await addXmppAccount(inbox, world);
    const row = app.page.getByTestId('conversation-row').filter({ hasText: 'marta' });
    const notifications = await catchNotifications(app);

    // Notification and list, while the window is hidden.
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    await peer.send(world.ownJid, `${markup} ${backwards}`);
    const [shown] = await until(async () => ((await notifications.shown()).length > 0 ? notifications.shown() : null), { label: 'a notification' });
    expect(shown?.body).toContain('Invoice');
    expect(`${shown?.title}${shown?.body}`).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0080-\u009f]/);
    expect(shown?.body).not.toContain('<img');
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.show());
    await row.waitFor();
    expect(await row.innerText()).toContain('<img src=x onerror=');
    expect(await row.innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);

    // Timeline: letter by letter what was sent.
    await row.click();
    const words = (start: string): Locator => inbox.bubble(start).locator('.text');
    await words('Invoice').waitFor();
    expect(await words('Invoice').textContent()).toBe(`${markup} ${backwards}`);
    await peer.send(world.ownJid, scriptLink);
    await words('Look:').waitFor();
    expect(await words('Look:').textContent()).toBe(scriptLink);

    // Links: only real ones, and one that could be taken for another host asks first.
    expect(await inbox.bubble('Look:').getByTestId('message-link').count()).toBe(0);
    await peer.send(world.ownJid, falseFriend);
    await inbox.bubble('Pay here').getByTestId('message-link').click();
    expect(await inbox.byId('link-host').innerText()).toContain('xn--');
    await app.page.keyboard.press('Escape');
    await inbox.byId('link-confirm').waitFor({ state: 'detached' });

    // Long ones show their beginning, and everything when asked.
    for (const [start, whole] of [['crowd', emoji], ['line x', oneLine]] as const) {
      await peer.send(world.ownJid, whole);
      await words(start).waitFor();
      await answersQuickly(`the beginning of ${start}`);
      expect(whole.startsWith((await words(start).textContent()) ?? '-')).toBe(true);
      await inbox.bubble(start).getByRole('button', { name: 'Show all' }).click();
      await until(async () => (await words(start).textContent()) === whole, { label: `all of ${start}` });
      await answersQuickly(`all of ${start}`);
      await inbox.bubble(start).getByRole('button', { name: 'Show less' }).click();
    }

    // A file's name shows its tricks or has lost them; a stranger's picture is not fetched.
    await sendDressedUp();
    await until(async () => (await row.innerText()).includes('gnp.'), { label: 'the file in the list' });
    expect(await row.innerText()).not.toMatch(/\u202e|<img/);
    await inbox.byId('side-panel').getByText('gnp.').waitFor();
    expect(await inbox.byId('side-panel').innerText()).not.toMatch(/\u202e|<img/);
    expect(trapConnections).toBe(0);

    // Search hits.
    await app.page.keyboard.press('Control+K');
    await inbox.byId('palette-input').fill('onerror');
    await inbox.byId('hit').first().waitFor();
    expect(await inbox.byId('hit').first().innerText()).toContain('<img src=x onerror=');
    await app.page.keyboard.press('Escape');

    // Preview, and what the folder gets.
    await app.page.keyboard.press('Control+Enter');
    await connectFolder(app, inbox, pushDir);
    await inbox.pushAfter(0);
    await row.click();
    await app.page.keyboard.press('Control+Enter');
    await inbox.byId('push-text').first().waitFor();
    const preview = (await inbox.byId('push-text').allTextContents()).join('\n');
    expect(preview).toContain(markup);
    expect(preview).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    await answersQuickly('the preview');
    await inbox.byId('push-confirm').click();
    await inbox.byId('push-line').first().waitFor({ timeout: 40_000 });
    const [folder] = await readPushedFolders(pushDir);
    expect(folder?.notes.join('\n')).toContain(markup);
    expect(folder?.html).toContain('&lt;script&gt;window.__pwned=1&lt;/script&gt;');
    expect(folder?.html).not.toMatch(/<script|<img|\u202e/);
    // The person pushed it along: now it was fetched, under a harmless name.
    expect(folder?.files.map(({ sha256 }) => sha256)).toEqual([createHash('sha256').update(pictureBytes).digest('hex')]);
    expect(folder?.files[0]?.name).not.toMatch(/[\u202e<>]/);

    // Nothing ran, nothing was asked for, nothing was opened.
    expect(await app.page.evaluate(() => '__pwned' in globalThis)).toBe(false);
    expect(await app.page.locator('img[src="x"], script:not([src])').count()).toBe(0);
    expect(await app.electron.evaluate(() => (globalThis as unknown as { openedLinks: string[] }).openedLinks)).toEqual([]);
    expect(outside).toEqual([]);
  });
});
