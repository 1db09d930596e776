// needs: electron chromium synapse tools
/** A bridge that broke, and one that signs in with a page of its network, in the real window. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { pickFreePorts, serverCertificate, startFakenet, startSynapse, type Fakenet, type SynapseServer } from '../lab/index.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { passphrase } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();
const hourMs = 3_600_000;
let synapse: SynapseServer;
let fakenet: Fakenet;

beforeAll(async () => {
  synapse = await startSynapse();
  fakenet = await startFakenet(synapse);
});
afterAll(async () => {
  await fakenet?.stop();
  await synapse?.stop();
});

const start = async (name: string) => {
  const app = tidyUp.app(await launchApp());
  const inbox = inboxOf(app.page);
  await inbox.byId('welcome-add-account').click();
  await inbox.fillAccount('matrix', { address: `@${name}:localhost`, password: `${name}-secret-1`, server: fakenet.homeserverUrl });
  await inbox.choosePassphrase(passphrase);
  await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online', timeoutMs: 20_000 });
  return { app, inbox };
};
/** Joins what the bridge invites somebody to, as they would have long ago. */
const joinPortals = async (name: string): Promise<void> => {
  const ask = async (path: string, body: unknown, token?: string): Promise<Record<string, unknown>> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${synapse.baseUrl}/_matrix/client/v3/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, unknown>;
  };
  const identifier = { type: 'm.id.user', user: name };
  const { access_token: token } = await ask('login', { type: 'm.login.password', identifier, password: `${name}-secret-1` });
  for (const { roomId, userId } of fakenet.portals()) if (userId === `@${name}:localhost`) await ask(`join/${encodeURIComponent(roomId)}`, {}, String(token));
};

describe('a network that is signed out at its bridge', () => {
  it('is told above the inbox and beside its conversations, signed in to in place, and leaves a gap until its messages come', async () => {
    const address = '@wanda:localhost';
    await synapse.register('wanda', 'wanda-secret-1');
    await fakenet.signIn(address);
    await joinPortals('wanda');
    fakenet.setState(address, { state_event: 'BAD_CREDENTIALS', timestamp: Math.floor((Date.now() - 2 * hourMs) / 1_000) });
    const { app, inbox } = await start('wanda');
    const banner = inbox.byId('service-alert').first();
    await banner.waitFor();
    expect(await banner.innerText()).toMatch(/^Fakenet \(\+1002003\) is disconnected since .*: messages may be missing\. Sign in again\./u);
    await inbox.open('Ann (Fakenet)');
    await inbox.byId('outage').waitFor();
    expect(await inbox.byId('service-alert').count()).toBe(2);
    await takePicture(app.page, 'bridge-out');
    expect(await findProblems(app.page)).toEqual([]);
    await app.page.setViewportSize({ width: 640, height: 700 });
    await takePicture(app.page, 'bridge-out-narrow');
    expect(await findProblems(app.page)).toEqual([]);
    await app.page.setViewportSize({ width: 1280, height: 800 });

    await app.page.keyboard.press('Control+K');
    await inbox.byId('palette-input').fill('sign in fakenet');
    await inbox.byId('palette-command').filter({ hasText: 'Sign in to Fakenet again' }).first().click();
    await inbox.byId('dialog-sheet').locator('select').waitFor();
    await app.page.keyboard.press('Escape');
    await inbox.byId('dialog-sheet').waitFor({ state: 'detached' });

    await inbox.byId('alert-sign-in').first().click();
    await inbox.byId('dialog-sheet').locator('select').selectOption('qr');
    await inbox.byId('dialog-next').click();
    await inbox.byId('dialog-next').click();
    await inbox.byId('form-picture').waitFor();
    (await fakenet.display(address)).scan();
    await inbox.byId('dialog-done').click();
    await until(async () => (await inbox.byId('service-alert').count()) === 0, { label: 'no banner any more', timeoutMs: 20_000 });

    const portal = fakenet.portals().find(({ userId, chatId }) => userId === address && chatId === 'dm-ann');
    if (portal === undefined) throw new Error('no room of Ann');
    await fakenet.write(portal, 'ann', { body: 'here again' });
    await inbox.bubble('here again').waitFor();
    expect(await inbox.byId('outage').innerText()).toContain('was disconnected from');
    await takePicture(app.page, 'bridge-gap');
    await fakenet.write(portal, 'ann', { body: 'said meanwhile' }, Date.now() - hourMs);
    await until(async () => (await inbox.byId('outage').count()) === 0, { label: 'the gap is closed', timeoutMs: 10_000 });
  });
});

const loginPage = `<!doctype html><meta charset="utf-8"><title>Your bank</title>
<h1>Network</h1><button id="in">Sign in</button>
<script>
  document.getElementById('in').onclick = async () => {
    await fetch('/session', { headers: { 'x-csrf': 'csrf-1' } });
    localStorage.setItem('device', 'device-1');
    location.href = '/home';
  };
</script>`;

/** A site on https with a certificate of the lab: signing in leaves a cookie, a word in the storage and one on a request. */
const startSite = async () => {
  const certificate = await serverCertificate(['localhost']);
  const [port = 0] = await pickFreePorts(1);
  const agents: string[] = [];
  const server = createServer({ key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) }, (incoming, outgoing) => {
    agents.push(incoming.headers['user-agent'] ?? '');
    if (incoming.url === '/session') outgoing.writeHead(200, { 'set-cookie': 'sid=cookie-1; Secure; HttpOnly; Path=/' }).end();
    else outgoing.writeHead(200, { 'content-type': 'text/html' }).end(incoming.url === '/home' ? '<h1>Home</h1>' : loginPage);
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', () => resolve()));
  tidyUp.later(async () => {
    server.closeAllConnections();
    server.close();
  });
  const { fingerprint256 } = new X509Certificate(readFileSync(certificate.certFile));
  const fingerprint = `sha256/${Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64')}`;
  return { url: `https://localhost:${String(port)}`, fingerprint, agents };
};

describe('a bridge that wants what a browser keeps', () => {
  it('gets it from a page in a locked window that is wiped, and nothing else', async () => {
    const site = await startSite();
    fakenet.setRoomsOnLogin(false);
    fakenet.setCookies({
      url: `${site.url}/login`,
      user_agent: 'Palomar-Test/1',
      wait_for_url_pattern: '/home$',
      extract_js: `document.body.dataset.ran = 'yes'`,
      fields: [
        { id: 'sid', required: true, pattern: '^cookie-', sources: [{ type: 'cookie', name: 'sid', cookie_domain: 'localhost' }] },
        { id: 'device', required: true, sources: [{ type: 'local_storage', name: 'device' }] },
        { id: 'csrf', required: true, sources: [{ type: 'request_header', name: 'X-CSRF', request_url_regex: '/session$' }] },
      ],
    });
    await synapse.register('carla', 'carla-secret-1');
    const { app, inbox } = await start('carla');
    // The lab's authority is one that no system knows; this certificate of its is the only one that is let through.
    await app.electron.evaluate(({ app: electronApp }, fingerprint) => {
      electronApp.on('session-created', (made) => made.setCertificateVerifyProc(({ certificate }, answer) => answer(certificate.fingerprint === fingerprint ? 0 : -2)));
    }, site.fingerprint);
    await inbox.byId('nav-settings').click();
    await inbox.byId('settings-accounts').click();
    await inbox.byId('account-manage').click();
    await inbox.byId('account-tab-services').click();
    await app.page.locator('[data-testid=service]', { hasText: 'Fakenet' }).getByTestId('service-register').click();
    await inbox.byId('dialog-sheet').locator('select').selectOption('cookies');
    await inbox.byId('dialog-next').click();
    await inbox.byId('dialog-sheet').getByText('More risk').waitFor();
    await inbox.byId('dialog-next').click();
    await inbox.byId('dialog-catch').waitFor();
    await takePicture(app.page, 'bridge-cookies');
    expect(await findProblems(app.page)).toEqual([]);

    const coming = app.electron.waitForEvent('window');
    await inbox.byId('dialog-catch').click();
    let page = await coming;
    await page.locator('#in').waitFor();
    const titles = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((one) => one.getTitle()));
    expect(await titles()).toContain(`${site.url} – Palomar`);
    const seen = await page.evaluate(async () => ({
      bridges: ['palomar', 'require', 'process'].filter((name) => name in window),
      permission: await Notification.requestPermission(),
      ran: document.body.dataset['ran'] ?? 'no',
      opened: window.open('http://localhost/') === null,
    }));
    expect(seen).toEqual({ bridges: [], permission: 'denied', ran: 'no', opened: true });
    await page.evaluate(() => void (location.href = 'http://localhost:1/plain'));
    expect(await page.locator('#in').isVisible()).toBe(true);
    // Closed before anything is there, though the page would rather stay: nothing is handed over, and the way is open again.
    await page.evaluate(() => globalThis.addEventListener('beforeunload', (event) => event.preventDefault()));
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().find((one) => one.getTitle().startsWith('https:'))?.close());
    await until(async () => (await titles()).length === 1, { label: 'the window is closed' });
    expect(fakenet.handed).toEqual([]);
    const again = app.electron.waitForEvent('window');
    await inbox.byId('dialog-catch').click();
    page = await again;
    await page.locator('#in').waitFor();
    // By its own script: what drives the window still waits for the navigation that was refused.
    await page.evaluate(() => document.getElementById('in')?.click());
    await inbox.byId('dialog-done').waitFor();
    expect(fakenet.login('@carla:localhost')).toBeDefined();
    expect(await titles()).toHaveLength(1);
    expect(new Set(site.agents)).toEqual(new Set(['Palomar-Test/1']));
    const handed = fakenet.handed.at(-1);
    expect(handed).toEqual({ sid: 'cookie-1', device: 'device-1', csrf: 'csrf-1' });
  });
});
