// needs: prosody tools
// servers: any
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeFault } from '#bridge';
import { accountId } from '#model';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import type { XmppEnvironment } from '../../../bridges/xmpp/account-settings.ts';
import { fetchDocument } from '../../../bridges/xmpp/stream/web/fetch-document.ts';
import { ChaosProxy } from '../../kit/chaos-proxy.ts';
import { createFakeHost } from '../../kit/fake-host.ts';
import { until } from '../../kit/until.ts';
import { pickFreePorts, serverCertificate, startProsody, startTlsFront, startXmppServer, type XmppServer } from '../../lab/index.ts';
import {
  close,
  goOnline,
  outgoing,
  passwordOf,
  quickTimings,
  register,
  storedMessages,
  strengthOf,
  untilOnline,
  type TestAccount,
} from './account.ts';
import { makeStubCertificates, type StubCertificate, type StubCertificates } from './stub-certificates.ts';
import { loginFault } from './stub-login.ts';
import { startStubServer } from './stub-server.ts';
import { emptyFeatures, startStubWebServer, type StubWebOptions, type StubWebPeer, type StubWebServer } from './stub-web-server.ts';

const relation = 'urn:xmpp:alt-connections:websocket';
const hostMeta = (url: string): string => JSON.stringify({ links: [{ rel: relation, href: url }] });

/** A resolver that knows one TCP endpoint, and DNS for nothing else. */
const srvTo = (port: number): NonNullable<XmppEnvironment['resolver']> => ({
  resolveSrv: (name) =>
    Promise.resolve(name.startsWith('_xmpp-client.') ? [{ name: '127.0.0.1', port, priority: 0, weight: 0 }] : []),
});

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const [port = 0] = await pickFreePorts(1);
  return port;
}

describe('with a real server', () => {
  let server: XmppServer;
  beforeAll(async () => {
    server = await startXmppServer();
    await register(server, 'alice', 'bob');
  });
  afterAll(() => server.stop());

  /** The domain's web server, with its host-meta in one form or the other. @returns what leads our fetch there */
  async function serveHostMeta(url: string, form: 'json' | 'xml'): Promise<Pick<XmppEnvironment, 'fetchHostMeta'>> {
    const xrd = `<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'><Link rel='${relation}' href='${url}'/></XRD>`;
    const routes =
      form === 'json'
        ? { '/.well-known/host-meta.json': { contentType: 'application/json', body: hostMeta(url) } }
        : { '/.well-known/host-meta': { contentType: 'application/xrd+xml', body: xrd } };
    const front = await startTlsFront({ certificate: await serverCertificate([server.domain, 'localhost']), routes });
    onTestFinished(() => front.stop());
    return {
      fetchHostMeta(address, signal) {
        const { hostname, pathname } = new URL(address);
        expect(hostname).toBe(server.domain);
        return fetchDocument(`https://localhost:${front.port}${pathname}`, { ca: server.caPem, signal });
      },
    };
  }

  const webUrl = (port = server.httpsPort): string => `wss://localhost:${port}/xmpp-websocket`;

  const transports = ({ host }: TestAccount): string[] =>
    host.logLines.flatMap((line) => /"session":"(\w+)","transport":"(\w+)"/.exec(line)?.slice(1).join(' by ') ?? []);

  /** An account found by DNS, as most are. */
  async function openByDns(user: string, tcpPort: number, environment: XmppEnvironment): Promise<TestAccount> {
    const jid = `${user}@${server.domain}`;
    const host = createFakeHost({ secrets: { password: passwordOf(user) } });
    const bridge = createXmppBridge({ ca: server.caPem, timings: quickTimings, resolver: srvTo(tcpPort), ...environment });
    const session = bridge.open({ id: accountId(1), address: jid, displayName: null, settings: {} }, null, host);
    await session.start();
    return { jid, host, session };
  }

  for (const form of ['json', 'xml'] as const) {
    it(`signs in and talks when every port of XMPP is closed (host-meta as ${form})`, async () => {
      const environment = await serveHostMeta(webUrl(), form);
      const port = await closedPort();
      const bridge = createXmppBridge({ ca: server.caPem, resolver: srvTo(port), ...environment });
      const values = { address: `alice@${server.domain}`, password: passwordOf('alice') };
      const { secrets } = await bridge.login('password', values, new AbortController().signal);
      expect(strengthOf(secrets).mechanism).toMatch(/^SCRAM-/);
      await expect(bridge.login('password', { ...values, password: 'wrong' }, new AbortController().signal)).rejects.toMatchObject({
        fault: { code: 'wrong-password' },
      });

      const alice = await openByDns('alice', port, environment);
      await untilOnline(alice);
      expect(transports(alice)).toEqual(['fresh by websocket']);
      const bob = await goOnline(server, 'bob');
      const text = '漢字👩‍👩‍👧‍👦 <&> '.repeat(2_000);
      const id = `web-${form}`;
      await alice.session.send(outgoing(bob.jid, id, text));
      const { message } = await bob.host.waitFor('message.upserted', (event) => event.message.alternateId === id);
      expect(message.text === text).toBe(true);
      await bob.session.send(outgoing(alice.jid, `${id}-back`, text));
      const back = await alice.host.waitFor('message.upserted', (event) => event.message.alternateId === `${id}-back`);
      expect(back.message.text === text).toBe(true);
      await close(alice);
      await close(bob);
    });
  }

  it('never goes there while a port of XMPP answers, not even to be told no', async () => {
    let fetches = 0;
    const fetchHostMeta = (): Promise<string> => {
      fetches += 1;
      return Promise.reject(new Error('nobody should ask'));
    };
    const alice = await openByDns('alice', server.c2sPort, { fetchHostMeta });
    await untilOnline(alice);
    expect(transports(alice)).toEqual(['fresh by tcp']);
    await close(alice);
    const bridge = createXmppBridge({ ca: server.caPem, resolver: srvTo(server.c2sPort), fetchHostMeta });
    const wrong = { address: `alice@${server.domain}`, password: 'wrong' };
    await expect(bridge.login('password', wrong, new AbortController().signal)).rejects.toMatchObject({
      fault: { code: 'wrong-password' },
    });
    const untrusting = createXmppBridge({ resolver: srvTo(server.c2sPort), fetchHostMeta });
    await expect(untrusting.login('password', wrong, new AbortController().signal)).rejects.toMatchObject({
      fault: { code: 'certificate-invalid' },
    });
    expect(fetches).toBe(0);
  });

  it('changes over and back while running, and loses and doubles nothing', async () => {
    const tcp = await ChaosProxy.start({ targetPort: server.c2sPort });
    const web = await ChaosProxy.start({ targetPort: server.httpsPort });
    onTestFinished(() => Promise.all([tcp.close(), web.close()]).then(() => undefined));
    const environment = await serveHostMeta(webUrl(web.port), 'json');
    const alice = await openByDns('alice', tcp.port, environment);
    const bob = await goOnline(server, 'bob');
    await untilOnline(alice);

    tcp.isRefusing = true;
    tcp.reset();
    await until(() => transports(alice).length === 2, { label: 'the WebSocket' });
    const texts = Array.from({ length: 50 }, (_, index) => `over ${index}`);
    await Promise.all(texts.map((text, index) => bob.session.send(outgoing(alice.jid, `over-${index}`, text))));
    await until(() => storedMessages(alice.host.events).filter(({ text }) => text.startsWith('over')).length >= texts.length);

    tcp.heal();
    web.isRefusing = true;
    web.reset();
    await until(() => transports(alice).length === 3, { label: 'TCP again' });
    await alice.session.send(outgoing(bob.jid, 'after-all', 'after all'));
    await bob.host.waitFor('message.upserted', ({ message }) => message.text === 'after all');
    expect(transports(alice)).toEqual(['fresh by tcp', 'fresh by websocket', 'fresh by tcp']);
    const received = storedMessages(alice.host.events).map(({ text }) => text);
    // Live ones may come before those that the archive still holds; by their times they are in order again.
    const over = received.filter((text) => text.startsWith('over'));
    expect(over.sort((one, other) => Number(one.slice(5)) - Number(other.slice(5)))).toEqual(texts);
    expect(storedMessages(bob.host.events).filter(({ text }) => text === 'after all')).toHaveLength(1);
    await close(alice);
    await close(bob);
  });

  it('takes its session up again after a WebSocket was cut', async () => {
    const web = await ChaosProxy.start({ targetPort: server.httpsPort });
    onTestFinished(() => web.close());
    const alice = await openByDns('alice', await closedPort(), await serveHostMeta(webUrl(web.port), 'json'));
    const bob = await goOnline(server, 'bob');
    await untilOnline(alice);
    web.isDropping.up = true;
    const texts = Array.from({ length: 30 }, (_, index) => `again ${index}`);
    const sent = texts.map((text, index) => alice.session.send(outgoing(bob.jid, `again-${index}`, text)));
    web.reset();
    web.heal();
    await Promise.all(sent);
    const received = (): string[] =>
      bob.host.of('message.upserted').flatMap(({ message }) => (message.text.startsWith('again') ? [message.text] : []));
    await until(() => received().length >= texts.length);
    expect(received()).toEqual(texts);
    expect(transports(alice)).toEqual(['fresh by websocket', 'resumed by websocket']);
    await close(alice);
    await close(bob);
  });

  it('notices when a WebSocket goes silent', async () => {
    const web = await ChaosProxy.start({ targetPort: server.httpsPort });
    onTestFinished(() => web.close());
    const timings = { backoffLeastMs: 100, backoffMostMs: 500, silenceMs: 1_000, answerMs: 1_000 };
    const environment = { ...(await serveHostMeta(webUrl(web.port), 'json')), timings, stepDeadlineMs: 2_000 };
    const alice = await openByDns('alice', await closedPort(), environment);
    await untilOnline(alice);
    web.blackhole();
    await alice.host.waitFor('state', ({ connection }) => connection === 'offline');
    web.reset();
    web.heal();
    await untilOnline(alice);
    expect(new Set(transports(alice).map((line) => line.split(' ').at(-1)))).toEqual(new Set(['websocket']));
    await close(alice);
  });
});

describe('a server that binds to the channel', () => {
  it('does so through a WebSocket too, when it ends the TLS itself', async () => {
    const server = await startProsody({ version: '13' });
    onTestFinished(() => server.stop());
    await register(server, 'alice');
    const bridge = createXmppBridge({
      ca: server.caPem,
      resolver: srvTo(await closedPort()),
      fetchHostMeta: () => Promise.resolve(hostMeta(`wss://localhost:${server.httpsPort}/xmpp-websocket`)),
    });
    const values = { address: `alice@${server.domain}`, password: passwordOf('alice') };
    const { secrets } = await bridge.login('password', values, new AbortController().signal);
    expect(strengthOf(secrets).mechanism).toMatch(/-PLUS$/);
  });
});

describe('with a stub', () => {
  const password = 'secret';
  const folder = mkdtempSync(join(tmpdir(), 'palomar-web-stub-'));
  let certificates: StubCertificates;
  beforeAll(async () => {
    certificates = await makeStubCertificates(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function stub(script: StubWebOptions['script'], options: Partial<StubWebOptions> = {}): Promise<StubWebServer> {
    const server = await startStubWebServer({ certificate: certificates.local, script, ...options });
    onTestFinished(() => server.close());
    return server;
  }

  /** Signs in at a domain whose TCP ports are closed. @returns the fault, or null when it worked */
  async function tryLogin(url: string, environment: XmppEnvironment = {}): Promise<BridgeFault | null> {
    return loginFault({
      ca: certificates.caPem,
      stepDeadlineMs: 3_000,
      resolver: srvTo(await closedPort()),
      fetchHostMeta: () => Promise.resolve(hostMeta(url)),
      ...environment,
    }, password);
  }

  const signIn = async (peer: StubWebPeer): Promise<void> => void (await peer.signIn(password));

  it('the whole sign-in is one element a frame, ended in order', async () => {
    const server = await stub(async (peer) => {
      await peer.signIn(password);
      await peer.open(emptyFeatures);
    });
    expect(await tryLogin(server.url)).toBeNull();
    const [peer] = server.peers;
    await until(() => peer?.closeCode === 1000);
    expect(peer?.frames.map((frame) => /^<(\w+)/.exec(frame)?.[1])).toEqual(['open', 'auth', 'response', 'open', 'close']);
    // The server does not say that it checks tls-exporter, so we do not claim that we could (gs2 flag n).
    const auth = /mechanism="([^"]+)">([^<]+)</.exec(peer?.frames[1] ?? '');
    expect(auth?.[1]).toBe('SCRAM-SHA-256');
    expect(Buffer.from(auth?.[2] ?? '', 'base64').toString()).toMatch(/^n,,/);
  });

  const faults: [string, StubWebOptions['script'], BridgeFault['code']][] = [
    ['puts two elements into one frame', async (peer) => peer.open(`${emptyFeatures}<message/>`), 'server-incompatible'],
    ['splits an element over two frames', async (peer) => {
      await peer.open(`<stream:features xmlns:stream='http://etherx.jabber.org/streams'>`);
      peer.send('</stream:features>');
    }, 'server-incompatible'],
    ['frames it as a stream of TCP', async (peer) => {
      await peer.read(/^<open /);
      peer.send(`<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`);
    }, 'server-incompatible'],
    ['speaks before it opened the stream', async (peer) => {
      await peer.read(/^<open /);
      peer.send(emptyFeatures);
    }, 'server-incompatible'],
    ['opens the stream twice', async (peer) => {
      await peer.open(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>`);
    }, 'server-incompatible'],
    ['sends binary', async (peer) => {
      await peer.read(/^<open /);
      peer.send(Buffer.from(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>`));
    }, 'server-incompatible'],
    ['closes for its policy', async (peer) => {
      await peer.read(/^<open /);
      peer.socket.close(1008, 'too many of you');
    }, 'rate-limited'],
    ['ends the stream at once, and points elsewhere', async (peer) => {
      await peer.read(/^<open /);
      peer.send(`<close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='ws://elsewhere.test/'/>`);
    }, 'server-unreachable'],
    ['says nothing', () => Promise.resolve(), 'server-unreachable'],
  ];
  for (const [what, script, code] of faults) {
    it(`a server that ${what} is given up before anything secret is sent`, async () => {
      const server = await stub(script);
      expect(await tryLogin(server.url, { stepDeadlineMs: what === 'says nothing' ? 300 : 5_000 })).toMatchObject({ code });
      await until(() => server.peers[0]?.closeCode !== null);
      expect(server.peers).toHaveLength(1);
      expect(server.peers[0]?.frames.join('')).not.toContain('<auth');
    });
  }

  it('a frame may not be longer than a stanza, in bytes or in characters', async () => {
    const megabyte = 1024 * 1024;
    for (const [text, detail] of [
      ['x'.repeat(4 * megabyte), /payload/i],
      ['x'.repeat(megabyte), /too long/],
      ['漢'.repeat(megabyte - 1_000), /unexpected/],
    ] as const) {
      const server = await stub((peer) => peer.open(`<long xmlns='urn:x'>${text}</long>`));
      expect(await tryLogin(server.url)).toMatchObject({ code: 'server-incompatible', detail: expect.stringMatching(detail) });
    }
  });

  it('a server that does not speak XMPP in its WebSocket gets nothing', async () => {
    const server = await stub(() => Promise.resolve(), { hasSubprotocol: false });
    expect(await tryLogin(server.url)).toMatchObject({ code: 'server-incompatible', detail: expect.stringContaining('subprotocol') });
    expect(server.peers.flatMap(({ frames }) => frames)).toEqual([]);
  });

  it('a web server without a WebSocket is no answer', async () => {
    const web = await startWeb(certificates.local, (path, reply) => reply(200, {}, path));
    expect(await tryLogin(web.replace('https:', 'wss:'))).toMatchObject({ code: 'server-unreachable' });
  });

  it('a certificate must name the host of the address', async () => {
    for (const certificate of [certificates.good, certificates.unknownAuthority]) {
      const server = await stub(signIn, { certificate });
      expect(await tryLogin(server.url)).toMatchObject({ code: 'certificate-invalid', server: 'localhost' });
      expect(server.peers).toHaveLength(0);
    }
  });

  it('an address without encryption is refused', async () => {
    const server = await startStubServer(() => Promise.resolve());
    onTestFinished(() => server.close());
    expect(await tryLogin(`ws://localhost:${server.port}/`)).toMatchObject({ code: 'server-unreachable', server: '127.0.0.1' });
    expect(server.peers).toHaveLength(0);
  });

  it('goes on to the second address when the first is dead', async () => {
    const server = await stub(async (peer) => {
      await peer.signIn(password);
      await peer.open(emptyFeatures);
    });
    const links = [`wss://localhost:${await closedPort()}/`, server.url].map((href) => ({ rel: relation, href }));
    expect(await tryLogin('', { fetchHostMeta: () => Promise.resolve(JSON.stringify({ links })) })).toBeNull();
  });

  it('an account that is used to more is not weakened, and goes on trying', async () => {
    const server = await stub(signIn);
    const bridge = createXmppBridge({
      ca: certificates.caPem,
      timings: quickTimings,
      resolver: srvTo(await closedPort()),
      fetchHostMeta: () => Promise.resolve(hostMeta(server.url)),
    });
    const host = createFakeHost({ secrets: { password } });
    const settings = { weakestMechanism: 'SCRAM-SHA-256-PLUS' };
    const session = bridge.open({ id: accountId(1), address: 'user@stub.test', displayName: null, settings }, null, host);
    await session.start();
    await until(() => server.peers.length >= 2, { label: 'a second attempt' });
    expect(host.of('state').map(({ connection }) => connection)).not.toContain('needs-login');
    expect(server.peers.flatMap(({ frames }) => frames).join('')).not.toContain('<auth');
    await session.stop();
    host.dispose();
  });

  it('a port and a host set by hand are not gone around', async () => {
    const server = await stub(signIn);
    const bridge = createXmppBridge({ ca: certificates.caPem, fetchHostMeta: () => Promise.resolve(hostMeta(server.url)) });
    const values = { address: 'user@stub.test', password, host: '127.0.0.1', port: String(await closedPort()) };
    await expect(bridge.login('password', values, new AbortController().signal)).rejects.toMatchObject({
      fault: { code: 'server-unreachable' },
    });
    expect(server.peers).toHaveLength(0);
  });

  describe('fetching a host-meta', () => {
    const fetched = (url: string): Promise<string> =>
      fetchDocument(url, { ca: certificates.caPem, signal: AbortSignal.timeout(5_000) });

    it('follows a redirect, but not out of encryption, and not for ever', async () => {
      const plain = await startStubServer(() => Promise.resolve());
      onTestFinished(() => plain.close());
      const web = await startWeb(certificates.local, (path, reply) => {
        if (path === '/moved') reply(301, { location: '/here' });
        else if (path === '/out') reply(302, { location: `http://localhost:${plain.port}/` });
        else if (path === '/round') reply(307, { location: '/round' });
        else reply(path === '/here' ? 200 : 404, {}, 'found');
      });
      expect(await fetched(`${web}moved`)).toBe('found');
      await expect(fetched(`${web}out`)).rejects.toMatchObject({ fault: { code: 'forbidden' } });
      await expect(fetched(`${web}round`)).rejects.toMatchObject({ fault: { code: 'not-found' } });
      await expect(fetched(`${web}nowhere`)).rejects.toMatchObject({ fault: { code: 'not-found' } });
      await expect(fetched(web.replace('https:', 'http:'))).rejects.toMatchObject({ fault: { code: 'forbidden' } });
      expect(plain.peers).toHaveLength(0);
    });

    it('takes no document without end', async () => {
      const web = await startWeb(certificates.local, (_, reply) => reply(200, {}, 'x'.repeat(100_000)));
      await expect(fetched(web)).rejects.toMatchObject({ fault: { code: 'too-large' } });
    });

    it('takes it only from a server that proves its name', async () => {
      for (const certificate of [certificates.otherName, certificates.unknownAuthority, certificates.expired]) {
        const web = await startWeb(certificate, (_, reply) => reply(200, {}, 'forged'));
        await expect(fetched(web)).rejects.toThrow(/certificate|altnames/i);
      }
    });

    it('does not wait for ever', async () => {
      const web = await startWeb(certificates.local, () => undefined);
      const attempt = fetchDocument(web, { ca: certificates.caPem, signal: AbortSignal.timeout(100) });
      await expect(attempt).rejects.toThrow(/abort|timeout/i);
    });
  });

  type Reply = (status: number, headers: Readonly<Record<string, string>>, body?: string) => void;

  /** A web server as `localhost`. @returns its address, which ends in a slash */
  async function startWeb(certificate: StubCertificate, answer: (path: string, reply: Reply) => void): Promise<string> {
    const server: Server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
      answer(request.url ?? '', (status, headers, body = '') => void response.writeHead(status, headers).end(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    });
    return `https://localhost:${(server.address() as AddressInfo).port}/`;
  }
});
