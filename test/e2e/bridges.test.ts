// needs: electron chromium synapse tools
/** A bridge to another network, from the account page of the real window: signed in to by a code, then used. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startFakenet, startSynapse, type Fakenet, type SynapseServer } from '../lab/index.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { passphrase } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();
const selfId = '@alice:localhost';

describe('a network behind a bridge of the homeserver', () => {
  let synapse: SynapseServer;
  let fakenet: Fakenet;

  beforeAll(async () => {
    synapse = await startSynapse();
    fakenet = await startFakenet(synapse);
    await synapse.register('alice', 'alice-secret-1');
  });
  afterAll(async () => {
    await fakenet?.stop();
    await synapse?.stop();
  });

  it('is signed in to with a code for the phone; its people write here, and ticks tell the truth', async () => {
    const app = tidyUp.app(await launchApp());
    const inbox = inboxOf(app.page);
    await inbox.byId('welcome-add-account').click();
    await inbox.fillAccount('matrix', { address: selfId, password: 'alice-secret-1', server: fakenet.homeserverUrl });
    await inbox.choosePassphrase(passphrase);
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online', timeoutMs: 20_000 });
    await inbox.byId('nav-settings').click();
    await inbox.byId('settings-accounts').click();
    await inbox.byId('account-manage').click();
    await inbox.byId('account-tab-services').click();
    const card = app.page.locator('[data-testid=service]', { hasText: 'Fakenet' });
    await card.getByTestId('service-register').click();
    await inbox.byId('dialog-sheet').locator('select').selectOption('qr');
    await takePicture(app.page, 'bridge-ways');
    await inbox.byId('dialog-next').click();
    await inbox.byId('dialog-sheet').getByText('Some risk').waitFor();
    await takePicture(app.page, 'bridge-risk');
    expect(await findProblems(app.page)).toEqual([]);
    await inbox.byId('dialog-next').click();
    const code = inbox.byId('form-picture');
    await code.waitFor();
    const first = await code.getAttribute('src');
    await takePicture(app.page, 'bridge-code');
    expect(await findProblems(app.page)).toEqual([]);
    (await fakenet.display(selfId)).refresh();
    await until(async () => (await code.getAttribute('src')) !== first, { label: 'a fresh code' });
    (await fakenet.display(selfId)).scan();
    await inbox.byId('dialog-done').click();
    await card.getByText('+1002003').waitFor();
    await takePicture(app.page, 'bridge-signed-in');
    expect(await findProblems(app.page)).toEqual([]);

    fakenet.setState(selfId, { state_event: 'BAD_CREDENTIALS', message: 'The phone was offline for 14 days' });
    await inbox.byId('service-reload').click();
    await inbox.byId('service-login-again').waitFor();
    await takePicture(app.page, 'bridge-signed-out');
    expect(await findProblems(app.page)).toEqual([]);

    const portal = fakenet.portals().find(({ chatId }) => chatId === 'dm-ann');
    if (portal === undefined) throw new Error('the login made no room');
    fakenet.setHabit('delivered');
    await inbox.byId('nav-inbox').click();
    await takePicture(app.page, 'bridge-rooms');
    await inbox.open('Ann (Fakenet)');
    await inbox.bubble('words of yesterday 3').waitFor();
    await fakenet.write(portal, 'ann', { body: 'hello from Fakenet' });
    await inbox.bubble('hello from Fakenet').waitFor();
    await inbox.write('hello from the window');
    await until(() => fakenet.seen.some(({ content }) => content['body'] === 'hello from the window'), { label: 'the message at the bridge' });
    await until(async () => (await inbox.delivery('hello from the window')) === 'delivered', { label: 'two ticks' });
    await takePicture(app.page, 'bridge-chat');
    await app.page.mouse.move(0, 0);
    await until(async () => (await findProblems(app.page)).length === 0, { label: 'a chat without hindrances' });

    // What bridges without an API do: their bot answers with a picture.
    await inbox.byId('nav-settings').click();
    await inbox.byId('settings-accounts').click();
    await inbox.byId('account-manage').click();
    await inbox.byId('account-tab-services').click();
    await inbox.byId('service-address').fill(fakenet.bot);
    await inbox.byId('service-go').click();
    await inbox.byId('service-commands').first().click();
    await app.page.locator('[data-testid=command][data-node=help]').click();
    await inbox.byId('dialog-sheet').getByText('list-logins').waitFor();
    await app.page.locator('[data-field=line]').fill('login qr');
    await inbox.byId('dialog-next').click();
    await inbox.byId('form-picture').waitFor();
    await takePicture(app.page, 'bridge-bot-picture');
    expect(await findProblems(app.page)).toEqual([]);
  });
});
