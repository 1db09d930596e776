// needs: prosody peers tools
// servers: any
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remoteConversationId, type RemoteMessage } from '#model';
import { until } from '../../kit/until.ts';
import { startXmppServer, type SlixmppPeer, type XmppServer } from '../../lab/index.ts';
import { close, connectPeer, goOnline, openAccount, outgoing, twoPeople, type TestAccount } from './account.ts';

let server: XmppServer;
let alice: TestAccount;
let peer: SlixmppPeer;
let names: { own: string; other: string };
const more: SlixmppPeer[] = [];

beforeAll(async () => {
  server = await startXmppServer();
});
afterAll(() => server.stop());

const bare = (user: string): string => `${user}@${server.domain}`;
const slixmpp = (user: string, resource: string): Promise<SlixmppPeer> => connectPeer(server, user, resource);

beforeEach(async () => {
  ({ names, alice, peer } = await twoPeople(server));
});
afterEach(async () => {
  await Promise.all([peer, ...more.splice(0)].map((one) => one.stop()));
  await close(alice);
});

const other = (): ReturnType<typeof remoteConversationId> => remoteConversationId(bare(names.other));
const received = async (text: string): Promise<RemoteMessage> =>
  (await alice.host.waitFor('message.upserted', ({ message }) => message.text === text)).message;
/** What XEP-0490 keeps of this account. */
const displayedNode = 'urn:xmpp:mds:displayed:0';
const markOf = (conversation: string, id: string, by: string): string =>
  `<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="${displayedNode}"><item id="${conversation}"><displayed xmlns="${displayedNode}"><stanza-id xmlns="urn:xmpp:sid:0" by="${by}" id="${id}"/></displayed></item></publish></pubsub>`;

describe('what was read (XEP-0490)', () => {
  it('goes to another device, and comes from there within two seconds', async () => {
    const phone = await slixmpp(names.own, 'phone');
    more.push(phone);
    await peer.send(alice.jid, 'first');
    await peer.send(alice.jid, 'second');
    const first = await received('first');
    const second = await received('second');
    expect(second.remoteId).not.toBe(second.alternateId);

    await alice.session.receipts?.markRead(first);
    const kept = await phone.iq('get', null, `<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="${displayedNode}"/></pubsub>`);
    expect(kept).toContain(`id="${first.remoteId}"`);
    expect(kept).toContain(bare(names.other));

    const startedAtMs = Date.now();
    await phone.iq('set', null, markOf(bare(names.other), second.remoteId, alice.jid));
    const marker = await alice.host.waitFor('marker.upserted', ({ target }) => target === second.remoteId);
    expect(marker.conversationId).toBe(bare(names.other));
    expect(Date.now() - startedAtMs).toBeLessThan(2_000);
  });

  it('that was read while we were away is known after sign-in', async () => {
    const phone = await slixmpp(names.own, 'phone');
    more.push(phone);
    await peer.send(alice.jid, 'while away');
    const message = await received('while away');
    const { savedState } = alice.host;
    await close(alice);
    await phone.iq('set', null, markOf(bare(names.other), message.remoteId, bare(names.own)));
    // A new session: a resumed one would be told by the server.
    const fresh = savedState !== null && typeof savedState === 'object' && !Array.isArray(savedState) ? { ...savedState, stream: null } : null;
    alice = await goOnline(server, names.own, { savedState: fresh });
    await alice.host.waitFor('marker.upserted', ({ target }) => target === message.remoteId);
  });

  it('is told to nobody else: a stranger gets no marker', async () => {
    await peer.send(alice.jid, 'from a stranger', { markable: true, receipt: true });
    const message = await received('from a stranger');
    await alice.session.receipts?.markRead(message);
    await alice.session.send(outgoing(bare(names.other), `tx-${randomUUID()}`, 'behind it'));
    await peer.waitForMessage(({ body }) => body === 'behind it');
    expect(peer.events.filter(({ event }) => event === 'marker' || event === 'receipt')).toEqual([]);
  });
});

describe('what a message says', () => {
  it('hints and mentions come as they were sent', async () => {
    await peer.send(alice.jid, 'the end', { xml: '<spoiler xmlns="urn:xmpp:spoiler:0">a film</spoiler>' });
    await peer.send(alice.jid, 'gone soon', { xml: '<ephemeral xmlns="urn:xmpp:ephemeral:0" timer="60"/>' });
    await peer.send(alice.jid, '2 * 3', { xml: '<unstyled xmlns="urn:xmpp:styling:0"/>' });
    expect(await received('the end')).toMatchObject({ spoiler: 'a film' });
    expect(await received('gone soon')).toMatchObject({ lifetimeMs: 60_000 });
    expect(await received('2 * 3')).toMatchObject({ isUnstyled: true });
  });

  it('a reaction is replaced and taken back; a correction and a retraction reach us', async () => {
    const id = await peer.send(alice.jid, 'frist');
    await received('frist');
    await peer.send(alice.jid, 'first', { replaces: id });
    const patched = await alice.host.waitFor('message.patched', ({ target }) => target === id);
    expect(patched.patch.text).toBe('first');
    await alice.session.send(outgoing(bare(names.other), 'tx-r', 'ours'));
    await peer.react(alice.jid, 'tx-r', ['👍', '🎉']);
    await peer.react(alice.jid, 'tx-r', []);
    await until(() => alice.host.of('reactions.replaced').length === 2);
    expect(alice.host.of('reactions.replaced').map(({ emojis }) => emojis)).toEqual([['👍', '🎉'], []]);
    await peer.retract(alice.jid, id);
    await alice.host.waitFor('message.deleted', ({ target }) => target === id);
  });

  it('what one does is said of oneself, corrected too (XEP-0245)', async () => {
    const sent = await alice.session.send(outgoing(bare(names.other), 'tx-me', '/me waves'));
    expect(sent.shownAs).toEqual({ kind: 'action', text: 'waves' });
    await peer.waitForMessage(({ body }) => body === '/me waves');
    await alice.session.edits?.edit({ conversationId: other(), remoteId: sent.remoteId, alternateId: sent.alternateId }, 'dances', 'tx-me-2', undefined, 'action');
    await peer.waitForMessage(({ body }) => body === '/me dances');
    await peer.send(alice.jid, '/me waves back');
    expect(await received('waves back')).toMatchObject({ kind: 'action' });
  });

  it('into an encrypted conversation nothing goes in clear without consent', async () => {
    const hint = '<encryption xmlns="urn:xmpp:eme:0" namespace="eu.siacs.conversations.axolotl" name="OMEMO"/>';
    await peer.send(alice.jid, 'a body for others', { xml: hint });
    const secret = await alice.host.waitFor('message.upserted', ({ message }) => message.kind === 'unreadable');
    expect(secret.message.text).toBe('OMEMO');
    const { session } = alice;
    expect(session.capabilities(other())).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted', canAllowPlain: true });
    const refused = { fault: { code: 'encrypted-conversation' } };
    await expect(session.send(outgoing(bare(names.other), 'tx-clear', 'in clear'))).rejects.toMatchObject(refused);
    await expect(session.reactions?.react(secret.message, ['👍'], 'tx-react')).rejects.toMatchObject(refused);

    // What comes in clear afterwards may be made up by a server: it decides nothing, nor does a new session.
    await peer.send(alice.jid, 'in clear from me');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'in clear from me');
    expect(session.capabilities(other())).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted' });
    const later = openAccount(server, names.own, { savedState: alice.host.savedState });
    expect(later.session.capabilities(other())).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted' });
    later.host.dispose();

    session.plainText?.allowPlain(other());
    expect(session.capabilities(other())).toMatchObject({ canSend: true });
    await session.send(outgoing(bare(names.other), 'tx-clear', 'in clear'));
    await peer.waitForMessage(({ body }) => body === 'in clear');
    expect(peer.events.filter(({ event, body }) => event === 'message' && body === 'in clear')).toHaveLength(1);
  });
});

it('the archive keeps what the person chose (XEP-0441)', async () => {
  const { archiveRule } = alice.session;
  const first = await archiveRule?.load();
  expect(['always', 'contacts', 'never']).toContain(first);
  expect(await archiveRule?.save('contacts')).toBe('contacts');
  expect(await archiveRule?.load()).toBe('contacts');
  const told = await (async () => {
    const phone = await slixmpp(names.own, 'phone');
    more.push(phone);
    return phone.iq('get', null, '<prefs xmlns="urn:xmpp:mam:2"/>');
  })();
  expect(told).toContain('default="roster"');
});
