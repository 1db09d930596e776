// needs: synapse gateways tools
/** Rooms of bridges on a real Synapse: one that tells everything (fakenet), and heisenbridge, which tells nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteConversationId, type RemoteMessage } from '#model';
import { until } from '../../kit/until.ts';
import { startFakenet, startHeisenbridge, startIrcPeer, startNgircd, startSynapse, type Fakenet, type Heisenbridge, type IrcPeer, type NgircdServer, type Portal, type SynapseServer } from '../../lab/index.ts';
import { openAccount, outgoing, type OwnAccount } from './account.ts';

let synapse: SynapseServer;
let fakenet: Fakenet;
let own: OwnAccount;
const selfId = '@alice:localhost';

beforeAll(async () => {
  synapse = await startSynapse();
  await synapse.register('alice', 'alice-secret');
  fakenet = await startFakenet(synapse);
  own = await openAccount(synapse.baseUrl, selfId, 'alice-secret');
  await own.session.start();
  await own.host.waitFor('state', (event) => event.connection === 'online');
});
afterAll(async () => {
  await own?.stop();
  await fakenet?.stop();
  await synapse?.stop();
});

/** Our session is in the room, and it is what it will stay. */
const enter = async (roomId: string): Promise<void> => {
  await until(async () => (await own.session.loadConversation(remoteConversationId(roomId)).catch(() => null)) !== null, { label: 'an invitation' });
  await own.session.membership?.accept(remoteConversationId(roomId));
};
const messageWith = async (text: string): Promise<{ message: RemoteMessage; origin: string }> =>
  await own.host.waitFor('message.upserted', ({ message }) => message.text === text);

describe('a room of fakenet', () => {
  let portal: Portal;

  it.each(['both', 'half-shot', 'none'] as const)('is one of its network when the state of the room says: %s', async (info) => {
    if (info === 'none') {
      const path = `/_matrix/client/v3/user/${encodeURIComponent(selfId)}/account_data/app.palomar.bridges`;
      const token = (await own.host.secrets.get('accessToken')) ?? '';
      const body = JSON.stringify({ families: [{ prefix: 'fakenet_', bot: 'fakenetbot', network: 'fakenet' }] });
      await fetch(synapse.baseUrl + path, { method: 'PUT', headers: { authorization: `Bearer ${token}` }, body });
    }
    portal = await fakenet.portal({ userId: selfId, chatId: `dm-${info}`, name: 'Ann', members: ['ann'], info });
    await enter(portal.roomId);
    const load = () => own.session.loadConversation(remoteConversationId(portal.roomId));
    await until(async () => (await load()).kind === 'direct', { label: 'a conversation of two' });
    expect(await load()).toMatchObject({ network: 'fakenet', peerId: fakenet.ghost('ann'), title: null });
    const people = own.host.events.filter((event) => (event.type === 'participant.upserted' || event.type === 'participant.deleted') && event.conversationId === portal.roomId);
    const botEvents = people.filter((event) => 'personId' in event && event.personId === fakenet.bot);
    expect(botEvents.at(-1)?.type).not.toBe('participant.upserted');
  });

  it('keeps what was said before in its place, and announces none of it', async () => {
    const crew = await fakenet.portal({ userId: selfId, chatId: 'crew', name: 'Crew', members: ['ann', 'bob'], history: ['one', 'two'] });
    await enter(crew.roomId);
    const { origin, message } = await messageWith('two');
    expect([origin, Date.now() - message.sentAtMs > 80_000_000]).toEqual(['history', true]);
    // Brought later, by a bridge that catches up.
    await fakenet.write(crew, 'bob', { body: 'much older' }, Date.now() - 3 * 86_400_000);
    expect((await messageWith('much older')).origin).toBe('history');
    await fakenet.write(crew, 'bob', { body: 'Rita: live', 'com.beeper.per_message_profile': { id: 'r', displayname: 'Rita', has_fallback: true } });
    const live = await messageWith('live');
    expect([live.origin, live.message.senderName]).toEqual(['live', 'Rita']);
  });

  it('allows what its network does', async () => {
    const full = await fakenet.portal({ userId: selfId, chatId: 'limits', name: 'Ann', members: ['ann'] });
    await enter(full.roomId);
    const capabilities = () => own.session.capabilities(remoteConversationId(full.roomId));
    await until(() => capabilities().canSend && capabilities().editWindowMs !== undefined);
    expect(capabilities()).toMatchObject({ editWindowMs: 900_000, maxTextLength: 4_096, maxFileBytes: 10_485_760, reactionLimits: { perPerson: 1 } });
  });

  it.each([
    ['none', []],
    ['sent', ['sent']],
    ['delivered', ['sent', 'delivered']],
    ['fail-retriable', ['server-unreachable']],
    ['fail-permanent', ['rejected']],
  ] as const)('shows of a message what the bridge tells: %s', async (habit, expected) => {
    fakenet.setHabit(habit);
    const place = await fakenet.portal({ userId: selfId, chatId: `status-${habit}`, name: 'Ann', members: ['ann'] });
    await enter(place.roomId);
    const sent = await own.session.send(outgoing(place.roomId, `to ${habit}`, `txn-${habit}`));
    const told = () => own.host.of('message.delivery').filter(({ target }) => target === sent.remoteId).map(({ delivery, fault }) => fault?.code ?? delivery);
    await until(() => fakenet.seen.some(({ content }) => content['body'] === `to ${habit}`), { label: 'the bridge saw it' });
    await fakenet.write(place, 'ann', { body: `after ${habit}` });
    await messageWith(`after ${habit}`);
    await until(() => told().length === expected.length, { label: 'all that was told' });
    expect(told()).toEqual(expected);
    fakenet.setHabit('none');
  });
});

describe('heisenbridge, which says nothing of itself', () => {
  let irc: NgircdServer;
  let ben: IrcPeer;
  let bridge: Heisenbridge;
  const invitations = () => own.host.of('conversation.upserted').filter(({ conversation }) => conversation.membership === 'invited').map(({ conversation }) => conversation);
  const say = (roomId: string, text: string) => own.session.send(outgoing(roomId, text, `txn-${text}-${String(Date.now())}`));
  const invited = (title: string | RegExp) =>
    until(() => invitations().find((one) => (typeof title === 'string' ? one.title === title : title.test(one.title ?? ''))), { label: `an invitation to ${String(title)}`, timeoutMs: 20_000 });

  beforeAll(async () => {
    irc = await startNgircd();
    bridge = await startHeisenbridge(synapse, irc, { owner: selfId });
    ben = await startIrcPeer({ host: irc.host, port: irc.port, nick: 'ben' });
    await ben.join('#lab');
  });
  afterAll(async () => {
    await ben?.stop();
    await bridge?.stop();
    await irc?.stop();
  });

  it('is set up by its bot, joins a channel, and carries messages and a private chat both ways as IRC', async () => {
    const control = await until(() => invitations().find(({ invitation }) => invitation?.by === bridge.bot), { label: 'the control room', timeoutMs: 30_000 });
    await own.session.membership?.accept(control.remoteId);
    for (const command of bridge.setUpCommands) await say(control.remoteId, command);
    const network = await invited('lab');
    expect(network.network).toBe('irc');
    await own.session.membership?.accept(network.remoteId);
    for (const command of ['NICK alice', 'CONNECT']) await say(network.remoteId, command);
    await own.host.waitFor('message.upserted', ({ message }) => message.conversationId === network.remoteId && message.text.includes('Welcome'));
    await say(network.remoteId, 'JOIN #lab');
    const channel = await invited('#lab (lab)');
    await own.session.membership?.accept(channel.remoteId);

    await say(channel.remoteId, 'from matrix');
    expect(await ben.waitForText('alice', '#lab')).toBe('from matrix');
    ben.say('#lab', 'from irc');
    expect((await messageWith('from irc')).message.senderId).toBe(bridge.ghost('ben'));
    expect(await own.session.loadConversation(channel.remoteId)).toMatchObject({ network: 'irc', kind: 'group', title: '#lab (lab)' });
    expect(own.session.capabilities(channel.remoteId)).toMatchObject({ canSend: true, canEdit: false, canReact: false, showsRead: false });

    ben.say('alice', 'in private');
    const chat = await invited(/^ben/u);
    await own.session.membership?.accept(chat.remoteId);
    await messageWith('in private');
    expect(await own.session.loadConversation(chat.remoteId)).toMatchObject({ network: 'irc', kind: 'direct', peerId: bridge.ghost('ben') });
    await say(chat.remoteId, 'private too');
    expect(await ben.waitForText('alice', 'ben')).toBe('private too');
  });
});
