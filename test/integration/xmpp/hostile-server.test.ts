// needs: tools
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BridgeError, type BridgeFault } from '#bridge';
import { accountId } from '#model';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import type { XmppEnvironment } from '../../../bridges/xmpp/account-settings.ts';
import { createFakeHost } from '../../kit/fake-host.ts';
import { until } from '../../kit/until.ts';
import { makeStubCertificates, type StubCertificate, type StubCertificates } from './stub-certificates.ts';
import { loginFault } from './stub-login.ts';
import { saslFeatures, startStubServer, success, type StubPeer, type StubServer } from './stub-server.ts';

const password = 'secret-пароль';
const folder = mkdtempSync(join(tmpdir(), 'palomar-stub-'));
let certificates: StubCertificates;
const open: StubServer[] = [];

beforeAll(async () => {
  certificates = await makeStubCertificates(folder);
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function stub(script: (peer: StubPeer) => Promise<void>): Promise<StubServer> {
  const server = await startStubServer(script);
  open.push(server);
  return server;
}

/** Signs in at the stub with manual host and port, STARTTLS first. @returns the fault, or null when it worked. */
async function tryLogin(server: StubServer, environment: XmppEnvironment = {}, flow = 'password'): Promise<BridgeFault | null> {
  const bridge = createXmppBridge({ ca: certificates.caPem, stepDeadlineMs: 2_000, ...environment });
  const values = { address: 'user@stub.test', password, host: '127.0.0.1', port: String(server.port) };
  try {
    await bridge.login(flow, values, new AbortController().signal);
    return null;
  } catch (error) {
    if (error instanceof BridgeError) return error.fault;
    throw error;
  }
}

/** A resolver that knows one endpoint of `stub.test`. */
const srvTo = (port: number, security: 'xmpp' | 'xmpps'): XmppEnvironment => ({
  fetchHostMeta: () => Promise.reject(new Error('no web server')),
  resolver: {
    resolveSrv: (name) =>
      Promise.resolve(
        name === `_${security}-client._tcp.stub.test` ? [{ name: '127.0.0.1', port, priority: 0, weight: 0 }] : [],
      ),
  },
});

async function tryLoginBySrv(server: StubServer, security: 'xmpp' | 'xmpps' = 'xmpp'): Promise<BridgeFault | null> {
  const environment = { ca: certificates.caPem, stepDeadlineMs: 2_000, ...srvTo(server.port, security) };
  return loginFault(environment, password);
}

/** The whole sign-in, as a good server does it. */
const goodLogin =
  (certificate: () => StubCertificate, mechanisms = ['SCRAM-SHA-256']) =>
  async (peer: StubPeer): Promise<void> => {
    await peer.starttls(certificate());
    await peer.header(saslFeatures(mechanisms));
    await peer.scram(password, success);
    await peer.header('<stream:features/>');
  };

describe('certificates', () => {
  it('must name the domain of the address, which is also asked for by SNI', async () => {
    const server = await stub(goodLogin(() => certificates.good));
    expect(await tryLoginBySrv(server)).toBeNull();
    expect(server.peers[0]?.serverName).toBe('stub.test');
  });

  it('are checked for direct TLS too, which offers ALPN', async () => {
    const server = await stub(async (peer) => {
      await peer.encrypt(certificates.good);
      await peer.header(saslFeatures(['SCRAM-SHA-256']));
      await peer.scram(password, success);
      await peer.header('<stream:features/>');
    });
    expect(await tryLoginBySrv(server, 'xmpps')).toBeNull();
    expect(server.peers[0]?.serverName).toBe('stub.test');
    expect(server.peers[0]?.protocol).toBe('xmpp-client');
  });

  const bad = [
    ['of an unknown authority', 'unknownAuthority'],
    ['for another name', 'otherName'],
    ['that expired', 'expired'],
  ] as const;
  for (const [what, name] of bad) {
    for (const security of ['xmpp', 'xmpps'] as const) {
      it(`${what} are refused before anything secret is sent (${security})`, async () => {
        const server = await stub(async (peer) => {
          if (security === 'xmpps') await peer.encrypt(certificates[name]);
          else await peer.starttls(certificates[name]);
          await peer.header(saslFeatures(['SCRAM-SHA-256', 'PLAIN']));
        });
        expect(await tryLoginBySrv(server, security)).toMatchObject({ code: 'certificate-invalid', detail: expect.any(String) });
        expect(server.peers.map(({ encrypted }) => encrypted).join('')).toBe('');
        expect(server.peers.map(({ clear }) => clear).join('')).not.toContain('user');
      });
    }
  }

  it('that are bad do not make a running account hammer the server', async () => {
    const server = await stub((peer) => peer.starttls(certificates.expired));
    const bridge = createXmppBridge({
      ca: certificates.caPem,
      timings: { backoffLeastMs: 200, backoffMostMs: 10_000 },
      ...srvTo(server.port, 'xmpp'),
    });
    const host = createFakeHost({ secrets: { password } });
    const session = bridge.open({ id: accountId(1), address: 'user@stub.test', displayName: null, settings: {} }, null, host);
    const startedAtMs = performance.now();
    await session.start();
    await until(() => host.of('state').filter(({ connection }) => connection === 'offline').length >= 4, { timeoutMs: 10_000 });
    // At the least 100 + 200 + 400 ms of waiting lie between four attempts.
    expect(performance.now() - startedAtMs).toBeGreaterThan(600);
    expect(host.of('state').at(-1)?.fault?.code).toBe('certificate-invalid');
    await session.stop();
    host.dispose();
  });
});

describe('a server without encryption', () => {
  it('gets no credentials, and is called by its fault', async () => {
    const server = await stub((peer) => peer.header(saslFeatures(['SCRAM-SHA-1', 'PLAIN'])));
    expect(await tryLoginBySrv(server)).toMatchObject({ code: 'no-encryption' });
    const sent = server.peers.map(({ clear }) => clear).join('');
    expect(sent).not.toMatch(/<auth|<iq|<message|<presence|user@|secret/);
  });

  it('gets none either when it refuses to encrypt after offering it', async () => {
    const server = await stub(async (peer) => {
      await peer.header(`<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>`);
      await peer.read(/<starttls[^>]*>/);
      peer.send(`<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>`);
    });
    expect(await tryLoginBySrv(server)).toMatchObject({ code: 'no-encryption' });
    expect(server.peers[0]?.clear).not.toContain('<auth');
  });

  it('cannot smuggle stanzas in behind <proceed/>', async () => {
    const server = await stub(async (peer) => {
      await peer.header(`<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>`);
      await peer.read(/<starttls[^>]*>/);
      // The attacker in the middle adds a success that was never inside TLS.
      peer.send(
        `<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>` +
          `<stream:features/><success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`,
      );
      await peer.encrypt(certificates.good);
      await peer.header(saslFeatures(['SCRAM-SHA-256']));
      await peer.scram(password, success);
      await peer.header('<stream:features/>');
    });
    expect(await tryLoginBySrv(server)).toBeNull();
  });
});

describe('a server that does not know the password', () => {
  const cases: [string, (signature: string) => string][] = [
    ['no signature', () => `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`],
    ['a wrong signature', () => success(Buffer.alloc(32, 7).toString('base64'))],
    ['an error in place of a signature', () => success('x').replace('dj14', Buffer.from('e=other-error').toString('base64'))],
  ];
  for (const [what, finish] of cases) {
    it(`is refused with ${what}`, async () => {
      const server = await stub(async (peer) => {
        await peer.starttls(certificates.good);
        await peer.header(saslFeatures(['SCRAM-SHA-256']));
        await peer.scram(password, finish);
        await peer.header('<stream:features/>');
      });
      expect(await tryLoginBySrv(server)).toMatchObject({ code: 'server-not-trusted' });
    });
  }

  it('is refused when it says success at once', async () => {
    const server = await stub(async (peer) => {
      await peer.starttls(certificates.good);
      await peer.header(saslFeatures(['SCRAM-SHA-1']));
      await peer.read(/<\/auth>/);
      peer.send(`<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`);
    });
    expect(await tryLoginBySrv(server)).toMatchObject({ code: 'server-not-trusted' });
  });

  it('is refused when it asks for too few or too many iterations', async () => {
    for (const iterations of [1, 50_000_000]) {
      const server = await stub(async (peer) => {
        await peer.starttls(certificates.good);
        await peer.header(saslFeatures(['SCRAM-SHA-1']));
        const [, first = ''] = await peer.read(/<auth [^>]*>([^<]*)<\/auth>/);
        const nonce = /r=(.*)$/.exec(Buffer.from(first, 'base64').toString())?.[1];
        const challenge = Buffer.from(`r=${nonce}x,s=c2FsdA==,i=${iterations}`).toString('base64');
        peer.send(`<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${challenge}</challenge>`);
      });
      expect(await tryLoginBySrv(server)).toMatchObject({ code: 'server-not-trusted' });
      expect(server.peers[0]?.encrypted).not.toContain('<response');
    }
  });
});

describe('the choice of mechanism', () => {
  const offering = async (mechanisms: string[], bindings: string[] = []): Promise<string> => {
    let used = 'none';
    const server = await stub(async (peer) => {
      await peer.starttls(certificates.good);
      await peer.header(saslFeatures(mechanisms, bindings));
      used = await peer.scram(password, success);
      await peer.header('<stream:features/>');
    });
    const fault = await tryLoginBySrv(server);
    return fault === null ? used : fault.code;
  };
  const all = ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS'];

  it('binds to the channel only in a way that the server says it checks', async () => {
    expect(await offering(all, ['tls-exporter'])).toBe('SCRAM-SHA-256-PLUS');
    expect(await offering(all, ['tls-unique', 'tls-server-end-point'])).toBe('SCRAM-SHA-256-PLUS');
    expect(await offering(all, ['tls-unique'])).toBe('SCRAM-SHA-256');
    expect(await offering(all)).toBe('SCRAM-SHA-256');
    expect(await offering(['SCRAM-SHA-1', 'PLAIN'])).toBe('SCRAM-SHA-1');
  });

  it('never falls to PLAIN without consent', async () => {
    expect(await offering(['PLAIN', 'DIGEST-MD5'])).toBe('no-login-method');
    const server = await stub(async (peer) => {
      await peer.starttls(certificates.good);
      await peer.header(saslFeatures(['PLAIN']));
      await peer.read(/<\/auth>/);
      peer.send(`<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`);
      await peer.header('<stream:features/>');
    });
    expect(await tryLogin(server, {}, 'password-plain')).toBeNull();
    expect(server.peers[0]?.encrypted).toContain(Buffer.from(`\0user\0${password}`).toString('base64'));
    expect(server.peers[0]?.clear).not.toContain('<auth');
  });

  it('does not go below what the account signed in with before', async () => {
    const server = await stub(goodLogin(() => certificates.good, ['SCRAM-SHA-1']));
    const bridge = createXmppBridge({ ca: certificates.caPem, ...srvTo(server.port, 'xmpp') });
    const host = createFakeHost({ secrets: { password } });
    const settings = { weakestMechanism: 'SCRAM-SHA-256-PLUS' };
    const session = bridge.open({ id: accountId(1), address: 'user@stub.test', displayName: null, settings }, null, host);
    await session.start();
    const state = await host.waitFor('state', ({ connection }) => connection === 'needs-login');
    expect(state.fault).toMatchObject({ code: 'server-not-trusted', detail: expect.stringContaining('SCRAM-SHA-256-PLUS') });
    expect(server.peers[0]?.encrypted).not.toContain('<auth');
    await session.stop();
    host.dispose();
  });

  it('says wrong-password and account-disabled apart', async () => {
    for (const [condition, code] of [
      ['not-authorized', 'wrong-password'],
      ['account-disabled', 'account-disabled'],
    ]) {
      const server = await stub(async (peer) => {
        await peer.starttls(certificates.good);
        await peer.header(saslFeatures(['SCRAM-SHA-1']));
        await peer.read(/<\/auth>/);
        peer.send(`<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><${condition}/></failure>`);
      });
      expect(await tryLoginBySrv(server)).toMatchObject({ code });
    }
  });
});

describe('a silent server', () => {
  const bindFeatures = `<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>`;

  /** Signs the client in, and plays the next step. */
  const upTo = async (peer: StubPeer, step: (peer: StubPeer) => Promise<void>): Promise<void> => {
    await peer.starttls(certificates.good);
    await peer.header(saslFeatures(['SCRAM-SHA-1']));
    await peer.scram(password, success);
    await step(peer);
  };

  const steps: [string, (peer: StubPeer) => Promise<void>][] = [
    ['after accepting', () => Promise.resolve()],
    ['after the stream header', (peer) => peer.header('')],
    ['after STARTTLS', (peer) => peer.starttls(certificates.good)],
    [
      'after offering mechanisms',
      async (peer) => {
        await peer.starttls(certificates.good);
        await peer.header(saslFeatures(['SCRAM-SHA-1']));
      },
    ],
    [
      'after signing in',
      async (peer) => {
        await peer.starttls(certificates.good);
        await peer.header(saslFeatures(['SCRAM-SHA-1']));
        await peer.scram(password, success);
      },
    ],
    ['after binding', (peer) => upTo(peer, (bound) => bound.bind())],
    ['in the middle of binding', (peer) => upTo(peer, (bound) => bound.header(bindFeatures))],
    ['after enabling stream management', (peer) => upTo(peer, (bound) => bound.bindManaged())],
  ];
  for (const [step, script] of steps) {
    it(`${step} is given up, and tried again until it answers`, async () => {
      let isHealed = false;
      const server = await stub(async (peer) => {
        if (!isHealed) return await script(peer);
        await upTo(peer, (bound) => bound.bindManaged());
        await peer.refuseEverything();
      });
      const bridge = createXmppBridge({
        ca: certificates.caPem,
        stepDeadlineMs: 500,
        timings: { backoffLeastMs: 100, backoffMostMs: 500 },
        ...srvTo(server.port, 'xmpp'),
      });
      const host = createFakeHost({ secrets: { password } });
      const account = { id: accountId(1), address: 'user@stub.test', displayName: null, settings: {} };
      const session = bridge.open(account, null, host);
      await session.start();
      const state = await host.waitFor('state', ({ connection }) => connection === 'offline', 8_000);
      expect(state.fault?.code).toBe('server-unreachable');
      expect(host.of('state').map(({ connection }) => connection)).not.toContain('online');
      isHealed = true;
      await host.waitFor('state', ({ connection }) => connection === 'online', 3_000);
      await session.stop();
      host.dispose();
    });
  }
});

describe('finding the server', () => {
  it('goes on to the second target when the first is dead', async () => {
    const server = await stub(goodLogin(() => certificates.good));
    const dead = await stub(() => Promise.resolve());
    const bridge = createXmppBridge({
      ca: certificates.caPem,
      resolver: {
        resolveSrv: (name) =>
          Promise.resolve(
            name.startsWith('_xmpp-client')
              ? [
                  { name: '127.0.0.1', port: server.port, priority: 20, weight: 0 },
                  { name: '127.0.0.1', port: dead.port, priority: 10, weight: 0 },
                ]
              : [],
          ),
      },
    });
    const startedAtMs = performance.now();
    await bridge.login('password', { address: 'user@stub.test', password }, new AbortController().signal);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(dead.peers).toHaveLength(1);
  });

  it('says wrong-address for what is none, and for a domain that wants no XMPP', async () => {
    const bridge = createXmppBridge({
      resolver: { resolveSrv: () => Promise.resolve([{ name: '.', port: 0, priority: 0, weight: 0 }]) },
    });
    for (const address of ['nobody', '@stub.test', 'a b@stub.test', 'user@stub.test']) {
      const attempt = bridge.login('password', { address, password }, new AbortController().signal);
      await expect(attempt).rejects.toMatchObject({ fault: { code: 'wrong-address' } });
    }
  });

  it('says server-unreachable when nobody listens', async () => {
    const server = await startStubServer(() => Promise.resolve());
    await server.close();
    expect(await tryLogin(server)).toMatchObject({ code: 'server-unreachable', server: '127.0.0.1' });
  });

  it('stops when the person cancels', async () => {
    const server = await stub(() => Promise.resolve());
    const controller = new AbortController();
    const bridge = createXmppBridge({ ca: certificates.caPem, ...srvTo(server.port, 'xmpp') });
    const attempt = bridge.login('password', { address: 'user@stub.test', password }, controller.signal);
    await until(() => server.peers.length === 1);
    controller.abort();
    await expect(attempt).rejects.toThrow();
  });
});
