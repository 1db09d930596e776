// needs: electron prosody peers tools
/** Invitations decided in the list, people called by name, messages that hide and disappear: another client sees what goes out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

describe('wishes and decisions', () => {
  let world: XmppWorld;

  beforeAll(async () => {
    world = await startXmppWorld({ version: '13' });
  });
  afterAll(() => world?.stop());

  it('are taken in the list, and go out as the menu says', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const { page } = app;
    const inbox = inboxOf(page);
    await addXmppAccount(inbox, world);
    const peer = await world.connectPeer();
    const row = (title: string) => page.locator(`[data-conversation-title="${title}"]`);
    const invite = async (name: string): Promise<string> => {
      const room = `${name}@muc.${world.prosody.domain}`;
      await peer.rooms.join(room, 'Marta');
      await peer.rooms.configure(room, {});
      await peer.rooms.invite(room, world.ownJid, { isDirect: false, reason: 'We need you' });
      await row(name).waitFor();
      return room;
    };
    await invite('ballroom');
    await row('ballroom').getByTestId('row-accept').waitFor();
    const room = await invite('plans');
    await takePicture(page, 'row-decisions');
    expect(await findProblems(page)).toEqual([]);

    await row('plans').getByTestId('row-accept').click();
    await inbox.byId('member-Marta').waitFor();
    await row('ballroom').click();
    await inbox.byId('conversation-list').focus();
    await page.keyboard.press('Delete');
    await peer.waitForStanza(/<decline/);

    await row('plans').click();
    await inbox.byId('composer-input').fill('');
    await inbox.byId('composer-input').pressSequentially('@Mar');
    await inbox.byId('mentions').waitFor();
    await page.keyboard.press('Enter');
    await inbox.byId('composer-input').pressSequentially('who did it?');
    await page.keyboard.press('Enter');
    await peer.waitForStanza(new RegExp(`<reference[^>]*${room}/Marta`));

    await inbox.byId('wishes').click();
    await inbox.byId('wish-hide').click();
    await inbox.byId('wish-words').fill('The end');
    await inbox.byId('wish-lifetime').selectOption({ label: 'after an hour' });
    await takePicture(page, 'wishes');
    expect(await findProblems(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await inbox.byId('composer-input').fill('The butler');
    await takePicture(page, 'wishes-told');
    await page.keyboard.press('Enter');
    await peer.waitForStanza(/<spoiler[^>]*>The end<\/spoiler>[\s\S]*timer="3600"|timer="3600"[\s\S]*The end<\/spoiler>/);
    await inbox.byId('wish-words-shown').getByText(/Disappears/).waitFor();
    await until(async () => (await inbox.byId('wish-words-shown').innerText()).includes('hidden') === false, { label: 'only one message hidden' });

    await page.emulateMedia({ colorScheme: 'dark' });
    await inbox.byId('wishes').click();
    await takePicture(page, 'wishes-dark');
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 640, height: 700 });
    await inbox.byId('wishes').click();
    await takePicture(page, 'wishes-narrow');
    expect(await findProblems(page)).toEqual([]);
  });
});
