// needs: prosody
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BridgeError, type BridgeFault, type Json, type LoginResult } from '#bridge';
import { accountId } from '#model';
import type { XmppEnvironment } from '../../../bridges/xmpp/account-settings.ts';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import { createFakeHost, type FakeHost } from '../../kit/fake-host.ts';
import { startTestProxy, type TestProxy, type TestProxyOptions } from '../../kit/test-proxy.ts';
import { until } from '../../kit/until.ts';
import { pickFreePorts, startProsody, type ProsodyServer } from '../../lab/index.ts';
import { outgoing, passwordOf, quickTimings, register } from './account.ts';

let server: ProsodyServer;
beforeAll(async () => {
  server = await startProsody({ version: '13' });
  await register(server, 'alice', 'bob');
});
afterAll(() => server.stop());

const login = { username: 'office', password: 'proxy-pässword' };
/** Nobody but the proxy knows this name. */
const hidden = 'xmpp.behind.invalid';

async function startProxy(options: TestProxyOptions): Promise<TestProxy> {
  const proxy = await startTestProxy({ hosts: { [hidden]: '127.0.0.1', localhost: '127.0.0.1' }, ...options });
  onTestFinished(() => proxy.close());
  return proxy;
}

type Values = Readonly<Record<string, string>>;

const valuesFor = (kind: string, port: number, more: Values = {}): Values => ({
  address: `alice@${server.domain}`,
  password: passwordOf('alice'),
  host: hidden,
  port: String(server.c2sPort),
  ...{ proxyKind: kind, proxyHost: '127.0.0.1', proxyPort: String(port) },
  ...{ proxyUser: login.username, proxyPassword: login.password },
  ...more,
});

/** Asks nobody here for a name. */
const deaf: NonNullable<XmppEnvironment['resolver']> = {
  resolveSrv: () => Promise.reject(new Error('asked for SRV')),
  lookUp: (host) => Promise.reject(new Error(`asked for ${host}`)),
};

const bridge = (environment: XmppEnvironment = {}): ReturnType<typeof createXmppBridge> =>
  createXmppBridge({ ca: server.caPem, resolver: deaf, timings: quickTimings, stepDeadlineMs: 3_000, ...environment });

const signIn = (values: Values, environment: XmppEnvironment = {}): Promise<LoginResult> =>
  bridge(environment).login('password', values, new AbortController().signal);

async function faultOf(values: Values): Promise<BridgeFault> {
  try {
    await signIn(values);
  } catch (error) {
    if (error instanceof BridgeError) return error.fault;
    throw error;
  }
  throw new Error('it worked');
}

async function goOnline(result: LoginResult, environment: XmppEnvironment = {}): Promise<{ host: FakeHost; session: ReturnType<ReturnType<typeof bridge>['open']> }> {
  const host = createFakeHost({ secrets: result.secrets });
  const settings = result.settings as Readonly<Record<string, Json>>;
  const account = { id: accountId(1), address: result.address, displayName: null, settings };
  const session = bridge(environment).open(account, null, host);
  onTestFinished(async () => {
    await session.stop();
    host.dispose();
  });
  await session.start();
  await until(() => host.of('state').at(-1)?.connection === 'online', { label: 'online' });
  return { host, session };
}

describe('what a proxy answers', () => {
  const answers: [string, string, string][] = [
    ['http', 'HTTP/1.0 401 Unauthorized\r\n\r\n', 'wrong-proxy-password'],
    ['http', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'wrong-proxy-password'],
    ['http', 'HTTP/1.1 500 Unable to connect\r\n\r\n', 'server-unreachable'],
    ['http', 'HTTP/1.1 405 Method Not Allowed\r\n\r\n', 'proxy-refused'],
    ['http', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, 'proxy-refused'],
    ['socks5', '\u0004\u005a', 'proxy-refused'],
    ['socks5', '\u0005\u0000\u0005\u0002\u0000\u0001', 'proxy-refused'],
    ['socks5', '\u0005\u0000\u0005\u0004\u0000\u0001', 'server-unreachable'],
    ['socks5', '\u0005\u0000\u0005\u0000\u0000\u0009', 'proxy-refused'],
  ];
  for (const [kind, answer, code] of answers) {
    it(`${JSON.stringify(answer.slice(0, 40))} (${kind}) is called ${code}`, async () => {
      const fake = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.write(Buffer.from(answer, 'latin1')));
      });
      await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void fake.close());
      const { port } = fake.address() as { port: number };
      expect(await faultOf(valuesFor(kind, port, { proxyUser: '' }))).toMatchObject({ code });
    });
  }
});

for (const kind of ['http', 'socks5'] as const) {
  describe(`a proxy (${kind})`, () => {
    it('leads to the server, resolves its name, and sees nothing but TLS', async () => {
      const proxy = await startProxy({ kind, login });
      const result = await signIn(valuesFor(kind, proxy.port));
      expect(result.settings).toMatchObject({ proxyKind: kind, proxyHost: '127.0.0.1', proxyPort: proxy.port, proxyUser: 'office' });
      expect(JSON.stringify(result.settings)).not.toContain(login.password);
      const { host, session } = await goOnline(result);
      await session.send(outgoing(`bob@${server.domain}`, `tx-${kind}`, 'by a way round'));
      expect(new Set(proxy.requests)).toEqual(new Set([`${hidden}:${server.c2sPort}`]));
      // Bound to the channel: TLS really goes from here to the server.
      expect(host.secretValues.get('sign-in')).toContain('-PLUS');
    });

    it('leads to direct TLS as well', async () => {
      const proxy = await startProxy({ kind, login });
      await signIn(valuesFor(kind, proxy.port, { port: String(server.directTlsPort) }));
      expect(proxy.requests.length).toBeGreaterThan(0);
    });

    it('is told apart from the server when it does not work', async () => {
      const [closed = 0] = await pickFreePorts(1);
      expect(await faultOf(valuesFor(kind, closed))).toMatchObject({ code: 'proxy-unreachable', server: '127.0.0.1' });

      const guarded = await startProxy({ kind, login });
      const wrong = valuesFor(kind, guarded.port, { proxyPassword: 'wrong' });
      expect(await faultOf(wrong)).toMatchObject({ code: 'wrong-proxy-password', server: '127.0.0.1' });
      expect(await faultOf(valuesFor(kind, guarded.port, { proxyUser: '' }))).toMatchObject({ code: 'wrong-proxy-password' });

      const refusing = await startProxy({ kind, isRefusing: true });
      expect(await faultOf(valuesFor(kind, refusing.port, { proxyUser: '' }))).toMatchObject({ code: 'proxy-refused' });

      const open = await startProxy({ kind });
      const dead = valuesFor(kind, open.port, { proxyUser: '', port: String(closed) });
      expect(await faultOf(dead)).toMatchObject({ code: 'server-unreachable', server: hidden });
    });

    it('that says nothing, or nonsense, is given up', async () => {
      const fake = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.write('SSH-2.0-OpenSSH_9.9\r\n\r\n');
      });
      await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void fake.close());
      const { port } = fake.address() as { port: number };
      expect(await faultOf(valuesFor(kind, port, { proxyUser: '' }))).toMatchObject({ code: 'proxy-refused' });
    });

    it('takes WebSockets, host-meta and files along', async () => {
      const proxy = await startProxy({ kind, login });
      const values = { ...valuesFor(kind, proxy.port), host: '', port: '' };
      const fetchHostMeta = (): Promise<string> =>
        Promise.resolve(
          JSON.stringify({
            links: [{ rel: 'urn:xmpp:alt-connections:websocket', href: `wss://localhost:${server.httpsPort}/xmpp-websocket` }],
          }),
        );
      const result = await signIn(values, { fetchHostMeta });
      expect(proxy.requests).toContain(`localhost:${server.httpsPort}`);
      const { session } = await goOnline(result, { fetchHostMeta });
      const before = proxy.requests.length;
      const folder = mkdtempSync(join(tmpdir(), 'palomar-proxy-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const path = join(folder, 'note.txt');
      const content = 'a file by a way round';
      writeFileSync(path, content);
      const attachment = { path, name: 'note.txt', mime: 'text/plain', sizeBytes: content.length };
      const sent = await session.send({ ...outgoing(`bob@${server.domain}`, `file-${kind}`, ''), attachment });
      const source = sent.attachments?.[0];
      if (source === undefined) throw new Error('no file was sent');
      await session.attachments?.download(source, join(folder, 'back.txt'), 1_000, new AbortController().signal);
      expect(readFileSync(join(folder, 'back.txt'), 'utf8')).toBe(content);
      expect(proxy.requests.slice(before)).toEqual([`localhost:${server.httpsPort}`, `localhost:${server.httpsPort}`]);
    });
  });
}
