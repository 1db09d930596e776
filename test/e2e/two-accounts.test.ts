// needs: electron prosody peers tools
/** Two accounts of two networks in the one list. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { demoConversationCount } from './kit/demo-inbox.ts';
import { launchApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

describe('two accounts', () => {
  let world: XmppWorld;

  beforeAll(async () => {
    world = await startXmppWorld();
  });
  afterAll(() => world?.stop());

  it('share one list, newest first, which can be narrowed to one of them', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const inbox = inboxOf(app.page);
    await addXmppAccount(inbox, world);
    await inbox.byId('nav-settings').click();
    await inbox.byId('settings-accounts').click();
    await inbox.byId('add-account').click();
    await inbox.byId('network-demo').click();
    const peer = await world.connectPeer();
    await peer.send(world.ownJid, 'From another network');
    const titles = (): Promise<readonly string[]> =>
      inbox.byId('conversation-row').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['conversationTitle'] ?? ''));
    const chooseAccount = async (name: string): Promise<void> => {
      await inbox.byId('filter-account').click();
      await app.page.getByRole('menuitemradio', { name }).click();
    };
    const own = `marta@${world.prosody.domain}`;

    await until(async () => (await titles()).length === demoConversationCount + 1, { label: 'all conversations of both' });
    const places = await inbox.byId('conversation-row').evaluateAll((rows) =>
      rows.map((row) => ({ top: row.getBoundingClientRect().top, title: (row as HTMLElement).dataset['conversationTitle'] })),
    );
    expect(places.toSorted((left, right) => left.top - right.top)[0]?.title).toBe(own);

    await chooseAccount(world.ownJid);
    await until(async () => (await titles()).join() === own, { label: 'one conversation' });
    await chooseAccount('you@demo');
    await until(async () => (await titles()).length === demoConversationCount && !(await titles()).includes(own), { label: 'the others' });
    await chooseAccount('All accounts');
    await until(async () => (await titles()).length === demoConversationCount + 1, { label: 'all again' });
  });
});
