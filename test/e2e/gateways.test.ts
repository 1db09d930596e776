// needs: electron prosody biboumi ngircd peers tools
/** Other networks behind gateways: found, configured and used from the account page of the real window. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startBiboumi, startIrcPeer, startNgircd, startSlidge, type BiboumiGateway, type IrcPeer, type NgircdServer, type SlidgeGateway } from '../lab/index.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const tidyUp = useTidyUp();
const imageDir = 'test-results/images';

const takePicture = async ({ page }: RunningApp, name: string): Promise<void> => {
  mkdirSync(imageDir, { recursive: true });
  await page.screenshot({ path: join(imageDir, `${name}.png`), caret: 'hide' });
};

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
    await takePicture(app, 'services');

    await inbox.byId('service-address').fill(biboumi.serverJid(irc));
    await inbox.byId('service-go').click();
    await inbox.byId('service-back').waitFor();
    await inbox.byId('service-commands').click();
    await app.page.locator('[data-testid=command][data-node=configure]').click();
    await inbox.byId('dialog-sheet').waitFor();
    await app.page.locator('[data-field=ports]').fill(String(irc.port));
    await app.page.locator('[data-field=tls_ports]').fill('');
    await takePicture(app, 'biboumi-configure');
    await inbox.byId('dialog-complete').click();
    await inbox.byId('dialog-done').click();
    await inbox.byId('dialog-sheet').waitFor({ state: 'detached' });

    await app.page.keyboard.press('Control+n');
    await inbox.byId('start-address').fill(biboumi.channelJid(irc, '#lab'));
    await app.page.keyboard.press('Enter');
    await inbox.byId('composer-input').waitFor();
    await inbox.write('hello from the window');
    expect(await ben.waitForText('worker', '#lab')).toBe('hello from the window');
    ben.say('#lab', 'hello from IRC');
    await until(async () => (await inbox.bubble('hello from IRC').count()) === 1, { label: 'the answer in the window' });
    await takePicture(app, 'irc-channel');
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
    await takePicture(app, 'slidge-code');
    await inbox.byId('dialog-next').click();
    await inbox.byId('dialog-sheet').getByText('Waiting for the answer').waitFor();
    await slidge.network.scan(world.ownJid);
    await takePicture(app, 'slidge-scanned');
    await inbox.byId('dialog-complete').or(inbox.byId('dialog-next')).or(inbox.byId('dialog-done')).first().waitFor();
    await takePicture(app, 'slidge-preferences');
  });
});
