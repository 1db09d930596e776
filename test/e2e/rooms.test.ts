// needs: electron prosody peers tools
/** A room from the window's point of view: made, talked in, looked after, closed. Another person sees it with another client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { takeDocsPicture, takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

describe('rooms', () => {
  let world: XmppWorld;

  beforeAll(async () => {
    world = await startXmppWorld({ version: '13' });
  });
  afterAll(() => world?.stop());

  it('are made, filled, renamed, ordered, moderated and closed', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const { page } = app;
    const inbox = inboxOf(page);
    await addXmppAccount(inbox, world);
    const peer = await world.connectPeer();
    const marta = `marta@${world.prosody.domain}`;

    await page.keyboard.press('Control+Shift+N');
    await inbox.byId('room-tab-create').click();
    await inbox.byId('room-name').fill('Otoño 2026');
    await inbox.byId('room-invite').fill(marta);
    await takePicture(page, 'room-create');
    await inbox.byId('room-create').click();
    await until(async () => (await inbox.byId('conversation-title').innerText()) === 'Otoño 2026', { label: 'the room open' });
    const invite = await peer.waitFor('invite');
    const room = String(invite['room']);
    await peer.rooms.join(room, 'Marta');
    await inbox.byId('member-Marta').waitFor();

    await inbox.byId('room-menu').click();
    await inbox.byId('room-topic').click();
    await inbox.byId('line').fill('Pedidos y entregas');
    await inbox.byId('line-done').click();
    await peer.waitFor('subject', ({ subject }) => subject === 'Pedidos y entregas');
    await inbox.byId('side-panel').getByText('Pedidos y entregas').waitFor();

    await peer.send(room, 'rude words', { type: 'groupchat' });
    await page.getByText('rude words').first().waitFor();
    await takePicture(page, 'room-talk');
    await inbox.byId('timeline').getByText('rude words').hover();
    await inbox.byId('message-moderate').click();
    await inbox.byId('reason').fill('language');
    await inbox.byId('reason-confirm').click();
    await inbox.byId('timeline').getByText('rude words').waitFor({ state: 'detached' });
    await peer.waitForStanza(/<moderated/);

    const buffer = await page.screenshot({ clip: { x: 0, y: 0, width: 64, height: 64 } });
    await inbox.byId('room-picture-file').setInputFiles({ name: 'room.png', mimeType: 'image/png', buffer });
    await inbox.byId('side-panel').locator('img').first().waitFor();

    await inbox.byId('pin').click();
    await page.getByLabel('Notify me of').selectOption('mentions');
    await until(() => page.getByLabel('pinned').count(), { label: 'the mark of a pinned conversation' });

    await inbox.byId('room-menu').click();
    await inbox.byId('room-settings').click();
    const description = page.getByLabel(/description/i).first();
    await description.fill('All about autumn');
    await takeDocsPicture(page, 'room-settings');
    await page.getByRole('dialog').getByRole('button', { name: /save|done|submit|finish|complete/i }).first().click();
    await until(async () => JSON.stringify(await peer.iq('get', room, '<query xmlns="http://jabber.org/protocol/disco#info"/>')).includes('All about autumn'), { label: 'the new description' });
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.getByLabel('Actions for Marta').click();
    await inbox.byId('member-kick').click();
    await inbox.byId('reason').fill('a pause');
    await takePicture(page, 'room-kick');
    await inbox.byId('reason-confirm').click();
    await inbox.byId('timeline').getByText(/Marta was removed.*a pause/).waitFor();

    await inbox.byId('room-menu').click();
    await inbox.byId('room-destroy').click();
    await inbox.byId('reason-confirm').click();
    await inbox.byId('conversation-title').waitFor({ state: 'detached' });
    await expect(peer.iq('get', room, '<query xmlns="http://jabber.org/protocol/disco#info"/>')).rejects.toThrow();
  });

  it('are found, and are fit for everybody in every appearance, also in a narrow window', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const { page } = app;
    const inbox = inboxOf(page);
    await addXmppAccount(inbox, world);
    const peer = await world.connectPeer();
    const room = `market@muc.${world.prosody.domain}`;
    await peer.rooms.join(room, 'Marta');
    await peer.rooms.configure(room, { 'muc#roomconfig_roomname': 'Mercado', 'muc#roomconfig_publicroom': true });
    await peer.send(room, 'Buenos días', { type: 'groupchat' });

    const problems: string[] = [];
    const judge = async (what: string): Promise<void> => {
      for (const theme of ['light', 'dark', 'contrast']) {
        await page.evaluate((wanted) => (document.documentElement.dataset['theme'] = wanted), theme);
        problems.push(...(await findProblems(page)).map((problem) => `${what}, ${theme}: ${problem}`));
        await takePicture(page, `${what}-${theme}`);
      }
    };
    await page.keyboard.press('Control+K');
    await inbox.byId('palette-input').fill('new room');
    await page.getByRole('option', { name: /New room/ }).click();
    await inbox.byId('room-tab-find').click();
    await inbox.byId('room-search-text').fill('merca');
    await page.keyboard.press('Enter');
    await inbox.byId('found-room').waitFor();
    await judge('find-room');
    await inbox.byId('found-room').getByRole('button').click();
    await inbox.byId('room-join').click();
    await inbox.byId('member-Marta').waitFor();
    await judge('room-panel');
    await page.setViewportSize({ width: 640, height: 760 });
    await judge('room-narrow');
    expect(problems).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
  });

  it('that others invite us to say who and why, and ask for their password', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const { page } = app;
    const inbox = inboxOf(page);
    await addXmppAccount(inbox, world);
    const peer = await world.connectPeer();
    const room = `secret@muc.${world.prosody.domain}`;
    await peer.rooms.join(room, 'Marta');
    await peer.rooms.configure(room, { 'muc#roomconfig_roomsecret': 'sésamo' });
    await peer.rooms.invite(room, world.ownJid, { isDirect: true, reason: 'We need you' });
    await page.getByRole('option', { name: /secret/ }).click();
    await inbox.byId('room-gate').getByText('We need you').waitFor();
    await takePicture(page, 'room-invitation');
    await inbox.byId('accept').click();
    await inbox.byId('gate-password').fill('sésamo');
    await inbox.byId('accept').click();
    await inbox.byId('room-gate').waitFor({ state: 'detached' });
    await inbox.byId('member-Marta').waitFor();
  });
});
