// needs: prosody peers tools
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remoteConversationId, type RemoteConversationId, type RemoteMessage } from '#model';
import { freshName, sharedLab, type Shared } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import type { SlixmppPeer } from '../../lab/index.ts';
import type { ProsodyServer } from '../../lab/prosody/start-prosody.ts';
import { close, connectPeer, goOnline, outgoing, passwordOf, register, type TestAccount } from './account.ts';

const lab = sharedLab();
const displayedNode = 'urn:xmpp:mds:displayed:0';

/** 0.12 moderates by XEP-0425 version 0.2, 13 by 0.3. */
describe.each([
  ['0.12', 0],
  ['13', 1],
] as const)('in a room of Prosody %s', (version, moderation) => {
  let server: Shared<ProsodyServer>;
  let alice: TestAccount;
  let peer: SlixmppPeer;
  let phone: SlixmppPeer;
  let room: string;
  let id: RemoteConversationId;

  beforeAll(async () => {
    server = await lab.prosody(version);
  });
  beforeEach(async () => {
    const [own, other] = [freshName('alice'), freshName('ben')];
    await server.register(own, passwordOf(own));
    await register(server as never, other);
    const connect = (user: string, resource: string): Promise<SlixmppPeer> => connectPeer(server, user, resource);
    [peer, phone] = await Promise.all([connect(other, 'peer'), connect(own, 'phone')]);
    room = `${freshName('room')}@muc.${server.domain}`;
    await peer.rooms.join(room, 'ben');
    await peer.rooms.configure(room, { 'muc#roomconfig_roomname': 'Lab' });
    alice = await goOnline(server as never, own);
    id = (await alice.session.directory?.startConversation(room)) ?? remoteConversationId(room);
  });
  afterEach(async () => {
    await Promise.all([peer.stop(), phone.stop()]);
    await close(alice);
  });

  const received = async (text: string): Promise<RemoteMessage> =>
    (await alice.host.waitFor('message.upserted', ({ message }) => message.text === text)).message;
  const stanzaIdOf = ({ remoteId }: RemoteMessage): string => remoteId.slice(room.length + 1);

  it('a message that names us is a mention, another is not', async () => {
    const nick = alice.jid.split('@')[0] ?? '';
    await peer.send(room, `${nick}: are you there?`, { type: 'groupchat' });
    await peer.send(room, 'anybody?', { type: 'groupchat' });
    expect((await received(`${nick}: are you there?`)).isMention).toBe(true);
    expect((await received('anybody?')).isMention).toBeUndefined();
  });

  it('reactions, corrections, replies and retractions go by the ids of the room', async () => {
    const wire = await peer.send(room, 'frist', { type: 'groupchat' });
    const first = await received('frist');
    await peer.send(room, 'first', { type: 'groupchat', replaces: wire });
    const patched = await alice.host.waitFor('message.patched', ({ target }) => target === wire);
    expect(patched).toMatchObject({ by: first.senderId, patch: { text: 'first' } });

    await alice.session.reactions?.react({ conversationId: id, ...named(first) }, ['👍'], `tx-${freshName()}`);
    const seen = await peer.waitFor('reactions', ({ target }) => target === stanzaIdOf(first));
    expect(seen['emojis']).toEqual(['👍']);
    await peer.react(room, stanzaIdOf(first), ['🎉'], 'groupchat');
    const reacted = await alice.host.waitFor('reactions.replaced', ({ emojis }) => emojis.includes('🎉'));
    expect(reacted).toMatchObject({ target: first.remoteId, personId: first.senderId });

    await alice.session.send({ ...outgoing(room, `tx-${freshName()}`, 'yes'), replyTo: { ...named(first), senderId: first.senderId, excerpt: 'first' } });
    expect(await peer.waitFor('reply')).toMatchObject({ target: stanzaIdOf(first), to: `${room}/ben` });

    await peer.retract(room, stanzaIdOf(first), 'groupchat');
    const deleted = await alice.host.waitFor('message.deleted', ({ target }) => target === first.remoteId);
    expect(deleted.by).toBe(first.senderId);
    expect(deleted.isModerated ?? false).toBe(false);
  });

  it('a moderator takes a message away; what is left of it in the archive is a place', async () => {
    await alice.session.send(outgoing(room, `tx-${freshName()}`, 'not allowed here'));
    const message = await received('not allowed here');
    await peer.rooms.moderate(room, stanzaIdOf(message), { version: moderation });
    const deleted = await alice.host.waitFor('message.deleted', ({ target }) => target === message.remoteId);
    expect(deleted.isModerated).toBe(true);

    // Whoever comes later finds only its place.
    const late = await goOnline(server as never, phone.jid.split('@')[0] ?? '');
    await late.session.directory?.startConversation(room);
    const copies = (): RemoteMessage[] => late.host.of('message.upserted').map((event) => event.message).filter(({ remoteId }) => remoteId === message.remoteId);
    await until(() => copies().length > 0 || late.host.of('message.deleted').length > 0, { label: 'the archive of the room' });
    expect(copies().every(({ text, deletedAtMs }) => text === '' && deletedAtMs !== undefined)).toBe(true);
    await close(late);
  });

  it('what was read there is told to our other devices only', async () => {
    await peer.send(room, 'to be read', { type: 'groupchat', markable: true });
    const message = await received('to be read');
    await alice.session.receipts?.markRead({ conversationId: id, ...named(message) });
    const kept = await phone.iq('get', null, `<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="${displayedNode}"/></pubsub>`);
    expect(kept).toContain(`id="${stanzaIdOf(message)}"`);
    expect(kept).toContain(`by="${room}"`);
    await alice.session.send(outgoing(room, `tx-${freshName()}`, 'behind it'));
    await peer.waitFor('group-message', ({ body }) => body === 'behind it');
    expect(peer.events.filter(({ event }) => event === 'marker' || event === 'receipt')).toEqual([]);
  });
});

const named = ({ remoteId, alternateId }: RemoteMessage): Pick<RemoteMessage, 'remoteId' | 'alternateId'> => ({ remoteId, alternateId });
