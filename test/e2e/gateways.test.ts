// needs: electron prosody peers gateways tools
/** Other networks behind gateways: found, configured and used from the account page of the real window. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../kit/until.ts';
import { startBiboumi, startIrcPeer, startNgircd, startSlidge, startSlixmppPeer, type BiboumiGateway, type IrcPeer, type NgircdServer, type SlidgeGateway } from '../lab/index.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { takeDocsPicture, takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, passphrase, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const tidyUp = useTidyUp();

const openServices = async (inbox: Inbox): Promise<void> => {
  await inbox.byId('nav-settings').click();
  await inbox.byId('settings-accounts').click();
  await inbox.byId('account-manage').click();
  await inbox.byId('account-tab-services').click();
  await inbox.byId('service').first().waitFor();
};

describe('IRC behind biboumi', () => {
  let world: XmppWorld;
  let irc: NgircdServer;
  let biboumi: BiboumiGateway;
  let ben: IrcPeer;

  beforeAll(async () => {
    [world, irc] = await Promise.all([startXmppWorld({ components: ['irc'] }), startNgircd()]);
    biboumi = await startBiboumi(world.prosody);
    ben = await startIrcPeer({ host: irc.host, port: irc.port, nick: 'ben' });
    await ben.join('#lab');
  });
  afterAll(async () => {
    await ben?.stop();
    await biboumi?.stop();
    await irc?.stop();
    await world?.stop();
  });

  it('is found, given its port, joined, and carries messages both ways', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const inbox = inboxOf(app.page);
    await addXmppAccount(inbox, world);
    await openServices(inbox);
    expect(await inbox.byId('service').first().getAttribute('data-address')).toBe(biboumi.jid);
    await takeDocsPicture(app.page, 'services');
    expect(await findProblems(app.page)).toEqual([]);

    await inbox.byId('service-address').fill(biboumi.serverJid(irc));
    await inbox.byId('service-go').click();
    await inbox.byId('service-back').waitFor();
    await inbox.byId('service-commands').click();
    await app.page.locator('[data-testid=command][data-node=configure]').click();
    await inbox.byId('dialog-sheet').waitFor();
    await app.page.locator('[data-field=ports]').fill(String(irc.port));
    await app.page.locator('[data-field=tls_ports]').fill('');
    await takeDocsPicture(app.page, 'gateway-form');
    expect(await findProblems(app.page)).toEqual([]);
    // A narrow window in the dark, and in high contrast: everything can still be reached and read.
    const setWidth = (widthPx: number) =>
      app.electron.evaluate(({ BrowserWindow }, width) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, 700), widthPx);
    await setWidth(640);
    for (const theme of ['dark', 'contrast']) {
      await app.page.evaluate((wanted) => (document.documentElement.dataset['theme'] = wanted), theme);
      await until(() => app.page.evaluate(() => innerWidth <= 640), { label: 'a narrow window' });
      expect(await findProblems(app.page), theme).toEqual([]);
      expect(await app.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await takePicture(app.page, `biboumi-configure-narrow-${theme}`);
    }
    await app.page.evaluate(() => (document.documentElement.dataset['theme'] = 'light'));
    await inbox.byId('dialog-complete').click();
    await inbox.byId('dialog-done').click();
    await inbox.byId('dialog-sheet').waitFor({ state: 'detached' });
    await takePicture(app.page, 'services-narrow');
    await setWidth(1280);

    await app.page.keyboard.press('Control+n');
    await inbox.byId('start-address').fill(biboumi.channelJid(irc, '#lab'));
    await app.page.keyboard.press('Enter');
    await inbox.byId('composer-input').waitFor();
    await inbox.write('hello from the window');
    expect(await ben.waitForText('worker', '#lab')).toBe('hello from the window');
    ben.say('#lab', 'hello from IRC');
    await until(async () => (await inbox.bubble('hello from IRC').count()) === 1, { label: 'the answer in the window' });
    await takePicture(app.page, 'irc-channel');
  });
});

describe('a network behind slidge', () => {
  let world: XmppWorld;
  let slidge: SlidgeGateway;

  beforeAll(async () => {
    world = await startXmppWorld({ components: ['gw'], privileged: ['gw'] });
    slidge = await startSlidge(world.prosody, { networkType: 'whatsapp', networkName: 'WhatsApp' });
  }, 120_000);
  afterAll(async () => {
    await slidge?.stop();
    await world?.stop();
  });

  it('is signed in to with a code for the phone, and its people write here', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const inbox = inboxOf(app.page);
    await addXmppAccount(inbox, world);
    await openServices(inbox);
    const card = app.page.locator(`[data-testid=service][data-address="${slidge.jid}"]`);
    await card.getByTestId('service-commands').click();
    await card.locator('[data-testid=command][data-node="jabber:iq:register"]').click();
    await inbox.byId('dialog-next').click();
    const code = inbox.byId('form-picture');
    await code.waitFor();
    expect(await code.evaluate((picture) => (picture as HTMLImageElement).complete && (picture as HTMLImageElement).naturalWidth > 50)).toBe(true);
    await takeDocsPicture(app.page, 'gateway-code');
    await inbox.byId('dialog-next').click();
    await inbox.byId('dialog-sheet').getByText('Waiting for the answer').waitFor();
    await slidge.network.scan(world.ownJid);
    await takePicture(app.page, 'slidge-scanned');
    await inbox.byId('dialog-sheet').getByRole('switch').first().waitFor();
    await takePicture(app.page, 'slidge-preferences');
    await inbox.byId('dialog-next').click();
    await inbox.byId('dialog-sheet').getByText('Success, welcome!').waitFor();
    await inbox.byId('dialog-done').click();
    await slidge.waitFor('ready');
    const letsIn = card.getByTestId('lets-people-in');
    await until(async () => (await letsIn.count()) === 1 && (await letsIn.getAttribute('aria-checked')) === 'true', { label: 'the switch of the gateway' });
    await letsIn.click();
    await until(async () => (await letsIn.getAttribute('aria-checked')) === 'false', { label: 'its people ask first' });
    await takePicture(app.page, 'slidge-registered');
    expect(await findProblems(app.page)).toEqual([]);
    await letsIn.click();
    await until(async () => (await letsIn.getAttribute('aria-checked')) === 'true', { label: 'its people come by themselves again' });

    await slidge.network.write({ user: world.ownJid, chat: 'juliet', text: 'hello from another network' });
    await inbox.byId('nav-inbox').click();
    await inbox.open('Juliet');
    await until(async () => (await inbox.bubble('hello from another network').count()) === 1, { label: 'her message' });
    await app.page.getByText(/WhatsApp · worker@/).waitFor();
    await inbox.write('hello to WhatsApp');
    await slidge.waitFor('message', ({ text }) => text === 'hello to WhatsApp');
    await takeDocsPicture(app.page, 'gateway-chat');
  });
});

describe('an account', () => {
  it('is made on a server of one’s choice, and gets another password', async () => {
    const world = await startXmppWorld({ registration: 'form' });
    onTestFinished(() => world.stop());
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const inbox = inboxOf(app.page);
    const field = (name: string) => app.page.locator(`[data-field=${name}]`);
    await inbox.byId('welcome-add-account').click();
    await inbox.byId('network-xmpp').click();
    await inbox.byId('sign-up').click();
    await inbox.byId('account-server').fill(world.prosody.domain);
    await inbox.byId('account-more').click();
    await inbox.byId('account-host').fill(world.prosody.host);
    await inbox.byId('account-port').fill(String(world.prosody.c2sPort));
    await inbox.byId('account-submit').click();
    await inbox.choosePassphrase(passphrase);
    await field('username').fill('worker');
    await inbox.byId('dialog-complete').click();
    await until(async () => (await field('password').getAttribute('aria-invalid')) === 'true', { label: 'what is missing' });
    await takePicture(app.page, 'sign-up-missing');
    await field('password').fill('a first password');
    await field('email').fill('worker@example.org');
    await inbox.byId('dialog-complete').click();
    // That name is taken: the lab's own worker has it.
    await inbox.byId('note-error').waitFor();
    expect(await inbox.byId('note-error').getAttribute('data-code')).toBe('name-taken');
    expect(await findProblems(app.page)).toEqual([]);
    await field('username').fill('newcomer');
    await field('password').fill('a first password');
    await inbox.byId('dialog-complete').click();
    await inbox.byId('dialog-add-account').click();
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the new account online' });

    await openServices(inbox);
    await inbox.byId('change-password').click();
    await field('password').fill('a second password');
    await field('repeat').fill('a second pasword');
    await inbox.byId('dialog-complete').click();
    await inbox.byId('note-error').waitFor();
    await field('repeat').fill('a second password');
    await field('password').fill('a second password');
    await inbox.byId('dialog-complete').click();
    await inbox.byId('dialog-done').waitFor();
    await takePicture(app.page, 'password-changed');
    await inbox.byId('dialog-done').click();
    const { host, c2sPort: port, caFile, domain } = world.prosody;
    const peer = await startSlixmppPeer({ jid: `newcomer@${domain}/other`, password: 'a second password', host, port, caFile });
    await peer.stop();
  });
});
