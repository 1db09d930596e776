// needs: prosody peers gateways tools
// servers: any
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteConversationId } from '#model';
import { startBiboumi, startIrcPeer, startNgircd, startXmppServer, type BiboumiGateway, type IrcPeer, type NgircdServer, type XmppServer } from '../../lab/index.ts';
import { until } from '../../kit/until.ts';
import { close, goOnline, outgoing, register, type TestAccount } from './account.ts';

const noSignal = new AbortController().signal;
let server: XmppServer;
let biboumi: BiboumiGateway;
let irc: NgircdServer;
let ben: IrcPeer;
let alice: TestAccount;

beforeAll(async () => {
  [server, irc] = await Promise.all([startXmppServer({ components: ['irc'] }), startNgircd()]);
  biboumi = await startBiboumi(server);
  await register(server, 'alice');
  ben = await startIrcPeer({ host: irc.host, port: irc.port, nick: 'ben' });
  alice = await goOnline(server, 'alice');
});
afterAll(async () => {
  await close(alice);
  await ben.stop();
  await biboumi.stop();
  await irc.stop();
  await server.stop();
});

const services = () => {
  if (alice.session.services === undefined) throw new Error('no services');
  return alice.session.services;
};

describe('the gateway to IRC', () => {
  it('is found first among the services of the server', async () => {
    const [first, ...others] = await services().list(noSignal);
    expect(first).toMatchObject({ address: biboumi.jid, kind: 'gateway', network: 'irc' });
    expect(first?.can).toContain('commands');
    expect(others.find(({ kind }) => kind === 'server')?.address).toBe(server.domain);
    expect(others.find(({ kind }) => kind === 'rooms')).toBeDefined();
  });

  it('is configured by its form of fifteen fields', async () => {
    const address = biboumi.serverJid(irc);
    const commands = await services().commands(address, noSignal);
    expect(commands.map(({ node }) => node)).toContain('configure');
    const dialog = await services().open({ kind: 'command', address, node: 'configure' }, noSignal);
    const { form, actions } = dialog.first;
    expect(actions[0]).toBe('complete');
    expect(form?.fields.length).toBeGreaterThanOrEqual(14);
    expect(form?.fields.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['text', 'multi-line', 'boolean', 'secret']));
    const done = await dialog.answer('complete', { ports: [String(irc.port)], tls_ports: [] }, noSignal);
    expect(done.state).toBe('done');
    const again = await services().open({ kind: 'command', address, node: 'configure' }, noSignal);
    expect(again.first.form?.fields.find(({ name }) => name === 'ports')?.values).toEqual([String(irc.port)]);
    await again.close();
  });

  it('brings a channel and its messages both ways, under the badge of IRC', async () => {
    await ben.join('#lab');
    const channel = biboumi.channelJid(irc, '#lab');
    const id = await alice.session.directory?.startConversation(channel);
    expect(id).toBe(channel);
    await alice.session.send(outgoing(channel, 'tx-irc', 'hello IRC'));
    expect(await ben.waitForText('alice', '#lab')).toBe('hello IRC');
    ben.say('#lab', 'hello XMPP');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'hello XMPP');
    const told = (): boolean =>
      alice.host.of('conversation.upserted').some(({ conversation }) => conversation.remoteId === channel && conversation.network === 'irc') ||
      alice.host.of('conversation.patched').some(({ conversationId, patch }) => conversationId === channel && patch.network === 'irc');
    await until(told, { label: 'the network of the channel' });
  });

  it('carries topics, actions and the coming and going of people', async () => {
    const channel = biboumi.channelJid(irc, '#lab');
    ben.setTopic('#lab', 'Cables');
    await until(() => alice.host.of('conversation.patched').some(({ patch }) => patch.topic === 'Cables'), { label: 'the topic' });
    ben.act('#lab', 'waves');
    await alice.host.waitFor('message.upserted', ({ message }) => message.kind === 'action' && message.text.includes('waves'));
    const carla = await startIrcPeer({ host: irc.host, port: irc.port, nick: 'carla' });
    await carla.join('#lab');
    await alice.host.waitFor('person.upserted', ({ person }) => person.handle === `${channel}/carla` && person.network === 'irc');
    await carla.setNick('carlota');
    await alice.host.waitFor('person.upserted', ({ person }) => person.handle === `${channel}/carlota`);
    carla.part('#lab');
    await until(() => alice.host.of('participant.deleted').length >= 2, { label: 'her leaving' });
    await carla.stop();
  });

  it('carries letters to one person both ways', async () => {
    const address = biboumi.personJid(irc, 'ben');
    const id = await alice.session.directory?.startConversation(address);
    expect(id).toBe(address);
    await alice.session.send(outgoing(address, 'tx-pm', 'psst'));
    expect(await ben.waitForText('alice', 'ben')).toBe('psst');
    ben.say('alice', 'yes?');
    const { message } = await alice.host.waitFor('message.upserted', (event) => event.message.text === 'yes?');
    expect(message.conversationId).toBe(address);
  });

  it('offers nothing that lines of text cannot carry', () => {
    const capabilities = alice.session.capabilities(remoteConversationId(biboumi.channelJid(irc, '#lab')));
    expect(capabilities).toMatchObject({ canSend: true, canEdit: false, canDelete: false, canReact: false, showsTyping: false, maxTextLength: 2_000 });
  });
});
