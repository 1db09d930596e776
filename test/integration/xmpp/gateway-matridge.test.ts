// needs: prosody synapse peers gateways tools
/** A real gateway made with slidge to a real network, with what is odd about it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteConversationId, type RemoteConversationId } from '#model';
import { chosenXmppServer, matrixPeer, startMatridge, startProsody, type MatridgeGateway, type MatrixPeer, type ProsodyServer } from '../../lab/index.ts';
import { freshName, sharedLab } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { close, goOnline, outgoing, register, storedMessages, type TestAccount } from './account.ts';

const noSignal = new AbortController().signal;
const version = chosenXmppServer() === 'prosody13' ? '13' : '0.12';
const password = 'a-matrix-password-1';
let server: ProsodyServer;
let matridge: MatridgeGateway;
let alice: TestAccount;
let bob: MatrixPeer;
let aliceThere: string;
let roomId: string;
let chat: RemoteConversationId;

const servicesOf = ({ session }: TestAccount) => {
  if (session.services === undefined) throw new Error('no services');
  return session.services;
};
const signIn = async (account: TestAccount, homeserver: string, secret = password) => {
  const dialog = await servicesOf(account).open({ kind: 'register', address: matridge.jid }, noSignal);
  return { dialog, step: await dialog.answer('next', { homeserver: [homeserver], username: [aliceThere], password: [secret], device: ['lab'] }, noSignal) };
};

beforeAll(async () => {
  const synapse = await sharedLab().synapse();
  server = await startProsody({ version, components: ['matrix'], privileged: ['matrix'] });
  matridge = await startMatridge(server, synapse);
  aliceThere = freshName('alice');
  const bobThere = freshName('bob');
  await synapse.register(aliceThere, password);
  await synapse.register(bobThere, password);
  bob = await matrixPeer({ baseUrl: synapse.baseUrl, userId: `@${bobThere}:${synapse.serverName}`, password });
  await register(server, 'alice');
  alice = await goOnline(server, 'alice');
  roomId = await bob.createRoom({ name: 'Orders', invite: [`@${aliceThere}:${synapse.serverName}`] });
  chat = remoteConversationId(matridge.roomJid(roomId));
}, 180_000);
afterAll(async () => {
  await close(alice);
  await matridge.stop();
  await server.stop();
});

describe('Matrix behind matridge', () => {
  it('is signed in to with a form; a wrong password is refused in its own words', async () => {
    const found = await servicesOf(alice).inspect(matridge.jid, null, noSignal);
    expect(found).toMatchObject({ kind: 'gateway', network: 'matrix', isRegistered: false });
    await expect(signIn(alice, matridge.homeserver, 'wrong')).rejects.toMatchObject({ fault: { code: 'rejected', detail: expect.stringMatching(/\S/) } });
    const { dialog, step } = await signIn(alice, matridge.homeserver);
    expect(step.form?.fields.map(({ name }) => name)).toContain('trust_everything');
    const done = await dialog.answer(step.actions[0] ?? 'complete', {}, noSignal);
    expect(done).toMatchObject({ state: 'done', notes: [{ kind: 'info', text: 'Success, welcome!' }] });
    await until(async () => (await servicesOf(alice).inspect(matridge.jid, null, noSignal)).isRegistered === true, { label: 'registered' });
  });

  it('brings an invitation into a room, which is entered there by being entered here', async () => {
    const invited = (): boolean => alice.host.of('conversation.upserted').some(({ conversation: { remoteId } }) => remoteId === chat);
    await until(invited, { label: 'the invitation', timeoutMs: 20_000 });
    await alice.session.membership?.accept(chat);
    const entered = alice.host.of('conversation.upserted').findLast(({ conversation: { remoteId } }) => remoteId === chat);
    expect(entered?.conversation).toMatchObject({ membership: 'joined', network: 'matrix' });
  });

  it('carries texts both ways; what comes with a delay stamp and a thread of its own is still one live message', async () => {
    await bob.send(roomId, 'Good morning from Matrix');
    const { message, origin } = await alice.host.waitFor('message.upserted', (event) => event.message.text === 'Good morning from Matrix');
    expect(message.conversationId).toBe(chat);
    expect(['live', 'catchup']).toContain(origin);
    await alice.session.send(outgoing(chat, 'tx-matridge', 'Good morning back'));
    await until(async () => (await bob.messages(roomId)).some(({ content }) => content['body'] === 'Good morning back'), { label: 'our answer in Matrix' });
    const shown = (wanted: string) => storedMessages(alice.host.events).filter(({ conversationId, text }) => conversationId === chat && text === wanted);
    await until(() => shown('Good morning back').length > 0, { label: 'the echo of our answer' });
    expect(shown('Good morning from Matrix')).toHaveLength(1);
    expect(shown('Good morning back')).toHaveLength(1);
    expect(shown('Good morning back')[0]).toMatchObject({ isOwn: true });
  });

  it('takes a reaction away without showing the words meant for others', async () => {
    const target = await bob.send(roomId, 'React to me');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'React to me');
    const reaction = await bob.react(roomId, target, '👍');
    await alice.host.waitFor('reactions.replaced', ({ emojis }) => emojis.includes('👍'));
    await bob.redact(roomId, reaction);
    await bob.send(roomId, 'After that');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'After that');
    const shown = storedMessages(alice.host.events).filter(({ conversationId }) => conversationId === chat).map(({ text }) => text);
    expect(shown.some((text) => text.includes('retracted'))).toBe(false);
  });

  it('shows a chat of two, which it can only bring as a room, as what it is; a room with a name stays one', async () => {
    const withBob = await bob.createRoom({ isDirect: true, invite: [`@${aliceThere}:${(bob.userId.split(':')[1] ?? '')}`] });
    const id = remoteConversationId(matridge.roomJid(withBob));
    const told = (about: RemoteConversationId) => alice.host.of('conversation.upserted').findLast(({ conversation: { remoteId } }) => remoteId === about)?.conversation;
    await until(() => told(id)?.membership === 'invited', { label: 'the invitation to talk', timeoutMs: 20_000 });
    // Its address says nothing: `!` and letters.
    const named = (): string | null | undefined => alice.host.of('conversation.patched').findLast(({ conversationId, patch }) => conversationId === id && patch.title !== undefined)?.patch.title;
    await until(() => typeof named() === 'string', { label: 'who it is that invites' });
    await alice.session.membership?.accept(id);
    await until(() => told(id)?.kind === 'direct', { label: 'a direct chat', timeoutMs: 20_000 });
    const { peerId, title, network } = told(id) ?? {};
    expect(named()).toBe(title);
    expect({ peerId, network }).toEqual({ peerId: matridge.personJid(bob.userId), network: 'matrix' });
    expect(alice.host.of('person.upserted').find(({ person }) => person.remoteId === peerId)?.person).toMatchObject({ displayName: title, network: 'matrix' });
    expect(told(chat)?.kind).toBe('group');
    await bob.send(withBob, 'Just us');
    expect((await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'Just us')).message.conversationId).toBe(id);
  });

  it('answers a letter to one of its people with its reason, for it knows rooms only', async () => {
    const id = remoteConversationId(matridge.personJid(bob.userId));
    await alice.session.send(outgoing(id, 'tx-direct', 'hello?'));
    const failed = await alice.host.waitFor('message.delivery', ({ conversationId, delivery }) => conversationId === id && delivery === 'failed');
    expect(failed.fault?.detail).toContain('1:1');
  });
});
