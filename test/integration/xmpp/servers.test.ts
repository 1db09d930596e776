// needs: prosody peers tools
// servers: any
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { remoteConversationId } from '#model';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import { ChaosProxy } from '../../kit/chaos-proxy.ts';
import { until } from '../../kit/until.ts';
import { startProsody, startXmppServer, type XmppServer, type XmppServerOptions } from '../../lab/index.ts';
import { type TestAccount, close, connectPeer, goOnline, outgoing, passwordOf, register, sendWhileCutting, storedMessages, strengthOf, untilOnline } from './account.ts';

/** A Prosody, for what only Prosody can be told to do. */
const prosody = (options: Parameters<typeof startProsody>[0]): Promise<XmppServer> => withPeople(startProsody(options));

/** The server that the run is about. */
const anyServer = (options: XmppServerOptions = {}): Promise<XmppServer> => withPeople(startXmppServer(options));

async function withPeople(started: Promise<XmppServer>): Promise<XmppServer> {
  const server = await started;
  onTestFinished(() => server.stop());
  await register(server, 'alice', 'bob');
  return server;
}

const signIn = (server: XmppServer, port: number, password = passwordOf('alice')) =>
  createXmppBridge({ ca: server.caPem }).login(
    'password',
    { address: `alice@${server.domain}`, password, host: server.host, port: String(port) },
    new AbortController().signal,
  );

/** Makes `watcher` see when `watched` is there. */
async function seePresence(watcher: TestAccount, watched: TestAccount): Promise<void> {
  await watcher.session.membership?.accept(remoteConversationId(watched.jid));
  await watched.host.waitFor('conversation.upserted', ({ conversation }) => conversation.membership === 'requested');
  await watched.session.membership?.accept(remoteConversationId(watcher.jid));
  await until(() => presenceOf(watched, watcher) === 'online', { label: 'presence' });
}

const presenceOf = (watched: TestAccount, watcher: TestAccount): string | undefined =>
  watcher.host.of('presence').findLast(({ personId }) => personId === watched.jid)?.presence;

describe('signing in', () => {
  it('is quick by STARTTLS and by direct TLS', async () => {
    const server = await anyServer();
    for (const port of [server.c2sPort, server.directTlsPort]) {
      const durations: number[] = [];
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const startedAtMs = performance.now();
        const { secrets } = await signIn(server, port);
        durations.push(performance.now() - startedAtMs);
        expect(strengthOf(secrets).mechanism).toMatch(/^SCRAM-SHA-/);
      }
      durations.sort((a, b) => a - b);
      process.stdout.write(`sign-in: best ${Math.round(durations[0] ?? 0)} ms, p95 ${Math.round(durations[18] ?? 0)} ms\n`);
      // The best of many: others may be at work on this machine, and no server gets quicker by that.
      expect(durations[0]).toBeLessThan(150);
    }
  });

  it('tells a wrong password from an unknown server', async () => {
    const server = await anyServer();
    await expect(signIn(server, server.c2sPort, 'wrong')).rejects.toMatchObject({ fault: { code: 'wrong-password' } });
    const stranger = createXmppBridge();
    const values = { address: `alice@${server.domain}`, password: 'x', host: server.host, port: String(server.c2sPort) };
    const untrusted = stranger.login('password', values, new AbortController().signal);
    await expect(untrusted).rejects.toMatchObject({ fault: { code: 'certificate-invalid' } });
  });

  it('binds to the channel where the server checks tls-exporter', async () => {
    const server = await prosody({ version: '13' });
    const { secrets } = await signIn(server, server.c2sPort);
    expect(strengthOf(secrets)).toMatchObject({ mechanism: expect.stringMatching(/-PLUS$/), binding: 'tls-exporter' });
    const alice = await goOnline(server, 'alice');
    const bob = await goOnline(server, 'bob');
    await alice.session.send(outgoing(bob.jid, 'tx-13', 'hello, 13'));
    await bob.host.waitFor('message.upserted', ({ message }) => message.text === 'hello, 13');
    await close(alice);
    await close(bob);
  });
});

describe('a server without stream management', () => {
  it('still takes each message once, and says when it has it', async () => {
    const server = await prosody({ extraConfig: '  modules_disabled = { "smacks" }' });
    const proxy = await ChaosProxy.start({ targetPort: server.c2sPort });
    onTestFinished(() => proxy.close());
    const bob = await goOnline(server, 'bob');
    const alice = await goOnline(server, 'alice', { port: proxy.port });
    const messages = Array.from({ length: 100 }, (_, index) => ({ id: `tx-${index}`, text: `body ${index}` }));
    const cuts = await sendWhileCutting(alice, bob.jid, messages, { proxy, every: 20 });
    expect(cuts).toBeGreaterThanOrEqual(7);
    await until(() => storedMessages(bob.host.events).length >= messages.length);
    expect(storedMessages(bob.host.events).map(({ text }) => text)).toEqual(messages.map(({ text }) => text));
    await close(alice);
    await close(bob);
  });
});

describe('a server without an archive', () => {
  it('still exchanges messages, and says that there is no history', async () => {
    const server = await prosody({ extraConfig: '  modules_disabled = { "mam" }' });
    const alice = await goOnline(server, 'alice');
    const bob = await goOnline(server, 'bob');
    await alice.session.send(outgoing(bob.jid, randomUUID(), 'no archive'));
    const { message } = await bob.host.waitFor('message.upserted');
    expect(bob.session.capabilities(message.conversationId).canLoadOlder).toBe(false);
    const page = bob.session.history?.loadOlder(message.conversationId, null, null, 50);
    await expect(page).rejects.toMatchObject({ fault: { code: 'unsupported' } });
    await close(alice);
    await close(bob);
  });
});

describe('a server that knows bookmarks of the old kind only (XEP-0048, 0049)', () => {
  it('leads us into the rooms that another client kept there, each once; they stay as they were', async () => {
    const server = await prosody({ extraConfig: '  modules_disabled = { "bookmarks", "pep" }' });
    const [room, later] = ['old', 'later'].map((name) => `${name}@muc.${server.domain}`) as [string, string];
    const bob = await connectPeer(server, 'bob', 'peer');
    onTestFinished(() => bob.stop());
    for (const one of [room, later]) {
      await bob.rooms.join(one, 'Bob');
      await bob.rooms.configure(one, {});
    }
    const older = await connectPeer(server, 'alice', 'older');
    onTestFinished(() => older.stop());
    const keep = (...rooms: readonly string[]): Promise<string> => {
      const conferences = rooms.map((jid) => `<conference name="A room" jid="${jid}" autojoin="true"><nick>Alicia</nick></conference>`);
      return older.iq('set', null, `<query xmlns="jabber:iq:private"><storage xmlns="storage:bookmarks">${conferences.join('')}</storage></query>`);
    };
    const entered = ({ host }: TestAccount, wanted: string) =>
      host.waitFor('conversation.upserted', ({ conversation: { remoteId, membership } }) => remoteId === wanted && membership === 'joined');

    await keep(room);
    const alice = await goOnline(server, 'alice');
    await entered(alice, room);
    await alice.session.send(outgoing(room, 'tx-old', 'by the old way'));
    expect(String((await bob.waitFor('group-message', ({ body, text }) => [body, text].includes('by the old way')))['sender'])).toContain('/Alicia');
    await alice.session.membership?.leave(remoteConversationId(room));
    await close(alice);

    await keep(room, later);
    const again = await goOnline(server, 'alice', { savedState: alice.host.savedState });
    await entered(again, later);
    expect(again.host.of('conversation.upserted').filter(({ conversation }) => conversation.remoteId === room)).toEqual([]);
    expect(await older.iq('get', null, '<query xmlns="jabber:iq:private"><storage xmlns="storage:bookmarks"/></query>')).toContain('Alicia');
    await close(again);
  });
});

describe('a session that cannot be resumed any more', () => {
  it('is replaced, and the archive fills the hole', async () => {
    const server = await anyServer({ smacksHibernationSeconds: 1 });
    const proxy = await ChaosProxy.start({ targetPort: server.c2sPort });
    onTestFinished(() => proxy.close());
    const alice = await goOnline(server, 'alice');
    const bob = await goOnline(server, 'bob', { port: proxy.port });
    await seePresence(alice, bob);
    proxy.isRefusing = true;
    proxy.reset();
    await bob.host.waitFor('state', ({ connection }) => connection === 'offline');
    const texts = Array.from({ length: 200 }, (_, index) => `while away ${index}`);
    await Promise.all(texts.map((text, index) => alice.session.send(outgoing(bob.jid, `tx-away-${index}`, text))));
    // While the server keeps the session, it counts as there; nobody else can see when it is given up.
    await until(() => presenceOf(bob, alice) === 'offline', { label: 'the hibernation to end' });
    proxy.heal();
    await untilOnline(bob);
    expect(bob.host.logLines.filter((line) => line.includes('"session":"fresh"'))).toHaveLength(2);
    expect(bob.host.logLines.filter((line) => line.includes('"resumed"'))).toHaveLength(0);
    await until(() => storedMessages(bob.host.events).length >= texts.length);
    expect(storedMessages(bob.host.events).map(({ text }) => text)).toEqual(texts);
    await close(alice);
    await close(bob);
  });
});

describe('rooms', () => {
  it('are created, joined, written in, and entered again after a restart with what was missed', async () => {
    const server = await anyServer();
    const room = `plans@muc.${server.domain}`;
    const alice = await goOnline(server, 'alice');
    const bob = await goOnline(server, 'bob');
    const conversationId = await alice.session.directory?.startConversation(room);
    expect(conversationId).toBe(room);
    await bob.session.directory?.startConversation(room);
    await alice.host.waitFor('participant.upserted', ({ personId }) => personId !== `${alice.jid}`);
    expect(alice.host.of('conversation.upserted').at(-1)?.conversation).toMatchObject({ kind: 'group', membership: 'joined' });

    await alice.session.send(outgoing(room, 'tx-room', 'hello, room'));
    const { message } = await bob.host.waitFor('message.upserted', (event) => event.message.text === 'hello, room');
    expect(message).toMatchObject({ conversationId: room, senderName: 'alice', isOwn: false });
    const echo = await alice.host.waitFor('message.upserted', (event) => event.message.transactionId === 'tx-room');
    expect(echo.message).toMatchObject({ isOwn: true, remoteId: message.remoteId, senderId: alice.jid });

    const target = { conversationId: remoteConversationId(room), remoteId: message.remoteId, alternateId: message.alternateId };
    await bob.session.reactions?.react(target, ['👍'], 'tx-react');
    const reaction = await alice.host.waitFor('reactions.replaced');
    expect(reaction).toMatchObject({ target: echo.message.remoteId, emojis: ['👍'] });

    await bob.session.stop();
    await alice.session.send(outgoing(room, 'tx-missed', 'you missed this'));
    const again = await goOnline(server, 'bob', { savedState: bob.host.savedState });
    const missed = await again.host.waitFor('message.upserted', (event) => event.message.text === 'you missed this');
    expect(missed.origin).toBe('catchup');
    expect(storedMessages(again.host.events).filter(({ text }) => text === 'hello, room')).toHaveLength(0);

    await again.session.membership?.leave(remoteConversationId(room));
    await alice.host.waitFor('participant.deleted');
    await close(again);
    await close(alice);
  });
});
