// needs: electron prosody peers
/** Whoever reads the end of a conversation stays there, whatever comes in. */
import { it, onTestFinished } from 'vitest';
import { launchApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, startXmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

it('a page that did not fill the view yet follows a flood of messages to its end', async () => {
  const world = await startXmppWorld({ version: '13' });
  onTestFinished(() => world.stop());
  const app = tidyUp.app(await launchApp({ env: world.env }));
  const { page } = app;
  const inbox = inboxOf(page);
  await addXmppAccount(inbox, world);
  const marta = await world.connectPeer();
  const room = `mercado@muc.${world.prosody.domain}`;
  await marta.rooms.join(room, 'Marta Ruiz');
  await marta.rooms.configure(room, { 'muc#roomconfig_roomname': 'Mercado' });
  await marta.rooms.invite(room, world.ownJid, { isDirect: true, reason: 'Prices' });
  await page.getByRole('option', { name: /mercado/i }).click();
  await inbox.byId('accept').click();
  await inbox.byId('member-Marta Ruiz').waitFor();
  await marta.send(room, 'Buenos días', { type: 'groupchat' });
  await inbox.bubble('Buenos días').waitFor();
  // More than two pages, faster than the first of them is drawn.
  for (let turn = 0; turn < 120; turn += 1) await marta.send(room, `Marta says number ${turn}`, { type: 'groupchat' });
  await inbox.bubble('says number 119').waitFor();
  await inbox.byId('to-newest').waitFor({ state: 'detached' });
});
