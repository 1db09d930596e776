// needs: electron prosody peers tools
/** People in the real window: a request, pictures, cards, blocking, our own profile, contacts, presence. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPng } from '../kit/draw-png.ts';
import { until } from '../kit/until.ts';
import type { SlixmppPeer } from '../lab/index.ts';
import { askEngine } from './kit/ask-engine.ts';
import { makeUserDir, removeDir } from './kit/as-user.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { takeDocsPicture, takePicture } from './kit/take-picture.ts';
import { addXmppAccount, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';


const docsPictures: ReadonlySet<string> = new Set(['request', 'person', 'contacts']);

describe('people', () => {
  let world: XmppWorld;
  let profileDir: string;
  let app: RunningApp;
  let inbox: Inbox;
  let peer: SlixmppPeer;

  beforeAll(async () => {
    world = await startXmppWorld();
    profileDir = await makeUserDir('profile');
    app = await launchApp({ profileDir, env: world.env });
    inbox = inboxOf(app.page);
    await addXmppAccount(inbox, world, false);
    peer = await world.connectPeer();
  });
  afterAll(async () => {
    await app?.close();
    await world?.stop();
    await removeDir(profileDir);
  });

  /** Keeps a picture for people who look, and looks for faults that a screen reader would meet. */
  const take = async (name: string): Promise<void> => {
    await (docsPictures.has(name) ? takeDocsPicture : takePicture)(app.page, name);
    expect(await findProblems(app.page), name).toEqual([]);
  };
  const marta = (): string => `marta@${world.prosody.domain}`;
  const row = () => app.page.getByTestId('conversation-row').filter({ hasText: 'marta' });

  it('a stranger waits under Requests, is accepted, and shows their picture and card', async () => {
    await peer.people.publishVcard({ FN: 'Marta Ferrer', 'ORG/ORGNAME': 'Levante Doves', TITLE: 'Sales', 'EMAIL/USERID': 'marta@levante.example' });
    await peer.people.publishAvatar(drawPng(96, 0x2f_6f_4f));
    await peer.send(world.ownJid, 'Do you sell doves?');
    await peer.sendRaw(`<presence to="${world.ownJid}" type="subscribe"><status>We met at the fair in Porto.</status></presence>`);
    await inbox.byId('filter-requests').waitFor();
    expect(await row().count()).toBe(0);
    await inbox.byId('filter-requests').click();
    await row().click();
    await inbox.bubble('Do you sell doves?').waitFor();
    await until(async () => (await inbox.byId('request-bar').innerText()).includes('We met at the fair'), { label: 'the words of the request' });
    expect(await inbox.byId('composer-input').isVisible()).toBe(false);
    await take('request');

    await inbox.byId('accept').click();
    await inbox.byId('composer-input').waitFor();
    await inbox.byId('filter-requests').click();
    await row().waitFor();
    await row().getByTestId('avatar-picture').waitFor();
    await inbox.byId('profile-card').waitFor();
    expect(await inbox.byId('profile-card').innerText()).toContain('Levante Doves');
    await until(async () => app.page.evaluate(() => [...document.querySelectorAll('img')].every((image) => image.complete && image.naturalWidth > 0)), { label: 'pictures drawn' });
    await take('person');
  });

  it('a contact is named, grouped and found; presence is chosen', async () => {
    await inbox.byId('edit-contact').click();
    await inbox.byId('contact-name').fill('Marta of Porto');
    await inbox.byId('contact-groups').fill('Customers, Porto');
    await inbox.byId('contact-save').click();
    await inbox.byId('contact-form').waitFor({ state: 'detached' });
    await peer.people.setPresence({ show: 'away', status: 'Feeding the doves' });
    await inbox.byId('nav-contacts').click();
    await until(async () => (await inbox.byId('contacts').innerText()).includes('Feeding the doves'), { label: 'the status in the list' });
    await take('contacts');
    await inbox.byId('contact-search').fill('porto');
    await app.page.keyboard.press('ArrowDown');
    await app.page.keyboard.press('Enter');
    await inbox.byId('composer-input').waitFor();

    await inbox.byId('own-presence').click();
    await inbox.byId('presence-busy').click();
    await peer.waitForStanza(/^<presence.*<show>dnd<\/show>/);
    await inbox.byId('status-text').fill('In a meeting');
    await take('presence');
    await inbox.byId('status-save').click();
    await peer.waitForStanza(/^<presence.*In a meeting/);
    await app.page.keyboard.press('Escape');
  });

  it('blocking is said where one writes, listed at the account, and undone', async () => {
    await inbox.byId('nav-inbox').click();
    await row().click();
    await inbox.byId('block-person').click();
    await inbox.byId('block-dialog').waitFor();
    await take('block');
    await inbox.byId('block-confirm').click();
    await inbox.byId('composer-blocked').waitFor();
    const { accounts } = await askEngine(app.page, 'app.start', {});
    await app.page.evaluate((id) => (location.hash = `#/account/${id}/blocked`), accounts[0]?.id);
    await inbox.byId('blocked-row').waitFor();
    expect(await inbox.byId('blocked-row').innerText()).toContain(marta());
    await take('blocked');
    await inbox.byId('nav-inbox').click();
    await row().click();
    await inbox.byId('unblock').click();
    await inbox.byId('composer-input').waitFor();
  });

  it('our own profile and picture are edited and seen by others, in light and dark', async () => {
    const { accounts } = await askEngine(app.page, 'app.start', {});
    await app.page.evaluate((id) => (location.hash = `#/account/${id}/profile`), accounts[0]?.id);
    await inbox.byId('profile-fullName').fill('Willa Worker');
    await inbox.byId('profile-emails').fill('willa@palomar.example\noffice@palomar.example');
    await inbox.byId('profile-save').click();
    await inbox.byId('profile-saved').waitFor();
    expect(await peer.iq('get', world.ownJid, '<vCard xmlns="vcard-temp"/>')).toContain('Willa Worker');
    await inbox.byId('picture-file').setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer: drawPng(600, 0x7a_3b_8f) });
    await inbox.byId('profile-tab').getByTestId('avatar-picture').waitFor();
    await until(async () => (await peer.people.items(world.ownJid, 'urn:xmpp:avatar:metadata')).some(({ xml }) => /width="192"/.test(xml)), { label: 'the scaled picture' });
    await take('profile-light');
    await askEngine(app.page, 'settings.set', { patch: { theme: 'dark' } });
    await until(async () => app.page.evaluate(() => getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'), { label: 'the dark look' });
    await take('profile-dark');
    await inbox.byId('nav-contacts').click();
    await inbox.byId('contact-row').first().waitFor();
    await take('contacts-dark');
    await inbox.byId('nav-inbox').click();
    await row().click();
    await inbox.byId('person-card').waitFor();
    await take('person-dark');
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(640, 760));
    await inbox.byId('nav-contacts').click();
    await inbox.byId('contact-row').first().waitFor();
    await take('contacts-narrow');
  });
});
