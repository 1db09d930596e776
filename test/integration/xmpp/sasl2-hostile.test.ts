// needs: tools
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeFault } from '#bridge';
import { streamOptions } from '../../../bridges/xmpp/account-settings.ts';
import type { FastToken } from '../../../bridges/xmpp/extensions/0484-fast.ts';
import type { Strength } from '../../../bridges/xmpp/stream/sasl/choose-mechanism.ts';
import { passingMemory, type SignInMemory } from '../../../bridges/xmpp/stream/sign-in-memory.ts';
import { StreamEngine } from '../../../bridges/xmpp/stream/stream-engine.ts';
import { element } from '../../../bridges/xmpp/stream/xml/element.ts';
import { until } from '../../kit/until.ts';
import { makeStubCertificates, type StubCertificates } from './stub-certificates.ts';
import { bound, playSasl2Scram, readAuthenticate, sasl2Features, sasl2Success, type Sasl2Attempt } from './stub-sasl2.ts';
import { saslFeatures, startStubServer, success, type StubPeer, type StubServer } from './stub-server.ts';

const password = 'secret-пароль';
const folder = mkdtempSync(join(tmpdir(), 'palomar-sasl2-'));
let certificates: StubCertificates;
beforeAll(async () => {
  certificates = await makeStubCertificates(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly engine: StreamEngine;
  readonly memory: SignInMemory;
  readonly faults: BridgeFault[];
  readonly server: StubServer;
}

/** One engine at a stub whose script begins inside TLS. */
async function run(
  script: (peer: StubPeer) => Promise<unknown>,
  before: { readonly strongest?: Strength; readonly token?: FastToken } = {},
): Promise<Run> {
  const server = await startStubServer(async (peer) => {
    await peer.starttls(certificates.good);
    await script(peer);
  });
  onTestFinished(() => server.close());
  const memory = passingMemory();
  await memory.update(before);
  const credentials = { memory, findPassword: () => Promise.resolve(password), findProxyPassword: () => Promise.resolve('') };
  const settings = { host: '127.0.0.1', port: server.port, isPlainAllowed: true };
  const environment = { ca: certificates.caPem, stepDeadlineMs: 2_000 };
  const faults: BridgeFault[] = [];
  const engine = new StreamEngine({
    stream: streamOptions('user@stub.test', credentials, settings, environment),
    resource: 'r',
    saved: null,
    timings: { backoffLeastMs: 50, backoffMostMs: 100 },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    handlers: {
      onConnecting: () => undefined,
      onOnline: () => undefined,
      onOffline: (fault) => faults.push(fault),
      claim: () => true,
      lookAhead: () => undefined,
      store: () => Promise.resolve(),
      persistOutgoing: () => Promise.resolve(),
      saveSoon: () => undefined,
    },
  });
  onTestFinished(() => engine.stop());
  engine.start();
  return { engine, memory, faults, server };
}

const firstFault = ({ faults }: Run): Promise<BridgeFault> => until(() => faults[0], { label: 'a fault' });
const untilOnline = ({ engine }: Run): Promise<unknown> => until(() => engine.isOnline, { label: 'online' });
const said = ({ server }: Run): string => server.peers.map(({ encrypted }) => encrypted).join('');

/** The whole of a good sign-in. */
const goodSignIn =
  (offer: Parameters<typeof sasl2Features>[0], more = '', note: (attempt: Sasl2Attempt) => void = () => undefined) =>
  async (peer: StubPeer): Promise<void> => {
    await peer.header(sasl2Features(offer));
    note(await playSasl2Scram(peer, password, { finish: (signature) => sasl2Success(signature, bound + more) }));
  };

const scram = { mechanisms: ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1'] };

describe('a sign-in with SASL2', () => {
  it('works by SCRAM-SHA-512, and takes the features that follow', async () => {
    const attempts: Sasl2Attempt[] = [];
    const play = await run(async (peer) => {
      await goodSignIn(scram, '', (attempt) => attempts.push(attempt))(peer);
      peer.send(
        `<stream:features><csi xmlns='urn:xmpp:csi:0'/><limits xmlns='urn:xmpp:stream-limits:0'>` +
          `<max-bytes>20000</max-bytes><idle-seconds>600</idle-seconds></limits></stream:features>`,
      );
      await peer.refuseEverything();
    });
    await untilOnline(play);
    await until(() => play.engine.connectionFacts?.limits.maxBytes === 20_000);
    expect(attempts.map(({ mechanism }) => mechanism)).toEqual(['SCRAM-SHA-512']);
    expect(play.engine.jid).toBe('user@stub.test/Palomar.1');
    expect(play.engine.hasCarbons).toBe(true);
    expect(play.engine.connectionFacts).toMatchObject({
      transport: 'tcp',
      endpoint: `127.0.0.1:${play.server.port}`,
      isProxied: false,
      tls: { version: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/), certificateExpiresAtMs: expect.any(Number) },
      signIn: { profile: 'sasl2', mechanism: 'SCRAM-SHA-512', binding: null, isByToken: false },
      streamManagement: { isOn: true, canResume: true, isResumed: false, resumeCount: 0 },
      features: expect.arrayContaining(['csi urn:xmpp:csi:0', 'authentication urn:xmpp:sasl:2']),
      limits: { maxBytes: 20_000, idleSeconds: 600 },
    });
    expect((await play.memory.read()).strongest).toEqual({ mechanism: 'SCRAM-SHA-512', binding: null });
  });

  const cases: [string, (signature: string) => string][] = [
    ['no proof', () => `<success xmlns='urn:xmpp:sasl:2'>${bound}<authorization-identifier>user@stub.test/x</authorization-identifier></success>`],
    ['a wrong proof', () => sasl2Success(Buffer.alloc(64, 7).toString('base64'), bound)],
  ];
  for (const [what, finish] of cases) {
    it(`is broken off when the server gives ${what}`, async () => {
      const play = await run(async (peer) => {
        await peer.header(sasl2Features(scram));
        await playSasl2Scram(peer, password, { finish });
      });
      expect(await firstFault(play)).toMatchObject({ code: 'server-not-trusted' });
      expect(said(play)).not.toContain('<iq');
    });
  }

  it('is broken off when the server signs another list of mechanisms than we saw', async () => {
    const list = ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-512'].join('\u001e');
    const hash = createHash('sha512').update(`${list}\u001ftls-exporter`).digest('base64');
    const play = await run(async (peer) => {
      await peer.header(sasl2Features(scram));
      await playSasl2Scram(peer, password, { extension: `,h=${hash}`, finish: (signature) => sasl2Success(signature, bound) });
    });
    expect(await firstFault(play)).toMatchObject({ code: 'server-not-trusted', detail: expect.stringContaining('changed') });
    expect(said(play)).not.toContain('<response');
  });

  it('goes on when it signs the very list', async () => {
    const hash = createHash('sha512').update([...scram.mechanisms].sort().join('\u001e')).digest('base64');
    const play = await run(async (peer) => {
      await peer.header(sasl2Features(scram));
      await playSasl2Scram(peer, password, { extension: `,h=${hash}`, finish: (signature) => sasl2Success(signature, bound) });
      await peer.refuseEverything();
    });
    await untilOnline(play);
  });

  it('that asks for another step says so', async () => {
    const play = await run(async (peer) => {
      await peer.header(sasl2Features(scram));
      const finish = (): string =>
        `<continue xmlns='urn:xmpp:sasl:2'><tasks><task>HOTP-EXAMPLE</task></tasks></continue>`;
      await playSasl2Scram(peer, password, { finish });
    });
    expect(await firstFault(play)).toMatchObject({ code: 'no-login-method', detail: expect.stringContaining('HOTP-EXAMPLE') });
  });

  it('binds step by step where nothing can be done inline', async () => {
    const play = await run(async (peer) => {
      await peer.header(sasl2Features({ ...scram, hasBind: false }));
      await playSasl2Scram(peer, password, { finish: (signature) => sasl2Success(signature) });
      peer.send(`<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>`);
      const [, id] = await peer.read(/<iq [^>]*id="([^"]+)"[^>]*>.*?<\/iq>/);
      const jid = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@stub.test/own</jid></bind>`;
      peer.send(`<iq type='result' id='${id}'>${jid}</iq>`);
      await peer.refuseEverything();
    });
    await untilOnline(play);
    expect(play.engine.jid).toBe('user@stub.test/own');
  });
});

describe('a server that falls silent in the middle of it', () => {
  const steps: [string, (peer: StubPeer) => Promise<unknown>][] = [
    ['after its features', (peer) => peer.header(sasl2Features(scram))],
    [
      'after the first request',
      async (peer) => {
        await peer.header(sasl2Features(scram));
        await readAuthenticate(peer);
      },
    ],
    [
      'after its challenge',
      async (peer) => {
        await peer.header(sasl2Features(scram));
        await playSasl2Scram(peer, password, { finish: () => '' });
      },
    ],
    [
      'before the features that a step-by-step session needs',
      async (peer) => {
        await peer.header(sasl2Features({ ...scram, hasBind: false }));
        await playSasl2Scram(peer, password, { finish: (signature) => sasl2Success(signature) });
      },
    ],
    ['after the session was made', goodSignIn(scram)],
  ];
  for (const [when, script] of steps) {
    it(`${when} is given up, and tried again until it answers`, async () => {
      let attempts = 0;
      const play = await run(async (peer) => {
        attempts += 1;
        if (attempts === 1) return await script(peer);
        await goodSignIn(scram)(peer);
        return await peer.refuseEverything();
      });
      const startedAtMs = performance.now();
      await until(() => attempts === 2 && play.engine.isOnline, { label: 'online', timeoutMs: 10_000 });
      expect(play.faults[0]).toMatchObject({ code: 'server-unreachable' });
      // The least step deadline of these tests is two seconds.
      expect(performance.now() - startedAtMs).toBeLessThan(8_000);
    });
  }
});

describe('an account that is used to more', () => {
  const strongest = { mechanism: 'SCRAM-SHA-256-PLUS', binding: 'tls-exporter' } as const;
  const attacks: [string, string][] = [
    ['strips SASL2 and the binding', saslFeatures(['SCRAM-SHA-256', 'SCRAM-SHA-1'])],
    ['strips the binding types', sasl2Features({ mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'] })],
    ['strips the better binding type', sasl2Features({ mechanisms: ['SCRAM-SHA-256-PLUS'], bindings: ['tls-server-end-point'] })],
    ['strips SCRAM', sasl2Features({ mechanisms: ['PLAIN'] })],
    ['strips everything', saslFeatures([])],
    ['weakens the hash', sasl2Features({ mechanisms: ['SCRAM-SHA-1-PLUS'], bindings: ['tls-exporter'] })],
  ];
  for (const [what, features] of attacks) {
    it(`gives nothing away when somebody ${what}`, async () => {
      const play = await run((peer) => peer.header(features), { strongest });
      expect(await firstFault(play)).toMatchObject({ code: 'server-not-trusted', detail: expect.stringContaining('SCRAM-SHA-256-PLUS') });
      expect(said(play)).not.toMatch(/<auth/);
      expect(said(play)).not.toContain(Buffer.from(password).toString('base64'));
    });
  }

  it('is content with the same without SASL2', async () => {
    const play = await run(
      async (peer) => {
        await peer.header(saslFeatures(['SCRAM-SHA-256-PLUS'], ['tls-exporter']));
        await peer.scram(password, success);
        await peer.bind();
        await peer.refuseEverything();
      },
      { strongest },
    );
    await untilOnline(play);
  });
});

describe('a token', () => {
  const token: FastToken = { mechanism: 'HT-SHA-256-NONE', token: 'secret-token:t', expiresAtMs: Date.now() + 3_600_000 };
  const offer = { ...scram, fast: ['HT-SHA-256-NONE'] };
  const responder = (secret: string): string => createHmac('sha256', secret).update('Responder').digest('base64');
  const answer = (proof: string, more: string): string =>
    `<success xmlns='urn:xmpp:sasl:2'><additional-data>${proof}</additional-data>${bound}${more}` +
    `<authorization-identifier>user@stub.test/Palomar.1</authorization-identifier></success>`;

  it('is replaced when the server says so', async () => {
    const play = await run(
      async (peer) => {
        await peer.header(sasl2Features(offer));
        await readAuthenticate(peer);
        peer.send(answer(responder(token.token), `<token xmlns='urn:xmpp:fast:0' token='secret-token:next' expiry='2099-01-01T00:00:00Z'/>`));
        await peer.refuseEverything();
      },
      { token },
    );
    await untilOnline(play);
    expect((await play.memory.read()).token).toEqual({ ...token, token: 'secret-token:next', expiresAtMs: Date.UTC(2099, 0, 1) });
    expect(play.engine.connectionFacts?.signIn).toMatchObject({ mechanism: 'HT-SHA-256-NONE', isByToken: true });
  });

  it('signs in at nobody who does not know it', async () => {
    const play = await run(
      async (peer) => {
        await peer.header(sasl2Features(offer));
        await readAuthenticate(peer);
        peer.send(answer(responder('guessed'), ''));
      },
      { token },
    );
    expect(await firstFault(play)).toMatchObject({ code: 'server-not-trusted' });
  });

  it('that is bound to the channel is not used without', async () => {
    const mechanisms: string[] = [];
    const boundToken: FastToken = { ...token, mechanism: 'HT-SHA-256-EXPR' };
    const offers = { ...scram, fast: ['HT-SHA-256-EXPR', 'HT-SHA-256-NONE'] };
    const play = await run(
      async (peer) => {
        await goodSignIn(offers, '', ({ mechanism }) => mechanisms.push(mechanism))(peer);
        await peer.refuseEverything();
      },
      { token: boundToken },
    );
    await untilOnline(play);
    expect(mechanisms).toEqual(['SCRAM-SHA-512']);
  });

  it('outlives trouble of the server, and the password helps meanwhile', async () => {
    const play = await run(
      async (peer) => {
        await peer.header(sasl2Features(offer));
        await readAuthenticate(peer);
        const condition = `<temporary-auth-failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`;
        peer.send(`<failure xmlns='urn:xmpp:sasl:2'>${condition}</failure>`);
        await playSasl2Scram(peer, password, { finish: (signature) => sasl2Success(signature, bound) });
        await peer.refuseEverything();
      },
      { token },
    );
    await untilOnline(play);
    expect((await play.memory.read()).token).toEqual(token);
  });
});

describe('a session', () => {
  it('sends nothing larger than the server takes, and says so', async () => {
    const limits = `<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>10000</max-bytes></limits>`;
    const play = await run(async (peer) => {
      await goodSignIn({ ...scram, more: limits })(peer);
      await peer.refuseEverything();
    });
    await untilOnline(play);
    const body = (text: string) => element('message', { to: 'a@b.test' }, element('body', {}, text));
    const tooLarge = { fault: { code: 'too-large', limitBytes: 10_000 } };
    // 5,000 characters are 15,000 bytes of UTF-8.
    await expect(play.engine.sendMessage(body('漢'.repeat(5_000)), 'large')).rejects.toMatchObject(tooLarge);
    expect(play.engine.send(body('x'.repeat(10_001)))).toBe(false);
    const request = { type: 'set', payload: element('query', { xmlns: 'urn:x' }, 'x'.repeat(10_001)) } as const;
    await expect(play.engine.request(request)).rejects.toMatchObject(tooLarge);
    expect(play.engine.send(body('漢'.repeat(3_000)))).toBe(true);
    await until(() => said(play).includes('漢'));
    expect(said(play)).not.toContain('x'.repeat(100));
    expect(play.faults).toEqual([]);
  });

  it('tells the server when nobody is looking, and again in every session', async () => {
    const requests: string[] = [];
    const peers: StubPeer[] = [];
    const play = await run(async (peer) => {
      peers.push(peer);
      await goodSignIn(scram, '', ({ request }) => requests.push(request))(peer);
      await peer.refuseEverything();
    });
    await untilOnline(play);
    play.engine.setActive(false);
    play.engine.setActive(false);
    play.engine.setActive(true);
    play.engine.setActive(false);
    const states = (): string[] => [...(peers.at(-1)?.encrypted.matchAll(/<(in)?active xmlns="urn:xmpp:csi:0"\/>/g) ?? [])].map(([tag]) => tag);
    await until(() => states().length === 3);
    expect(states().map((tag) => tag.includes('inactive'))).toEqual([true, false, true]);
    peers[0]?.send('</stream:stream>');
    await until(() => requests.length === 2 && play.engine.isOnline && states().length > 0);
    // Asked for with the session, and once it stands: a session that is resumed begins active.
    expect(requests[1]).toContain('<inactive xmlns="urn:xmpp:csi:0"/>');
    expect(requests[1]).toContain('<resume xmlns="urn:xmpp:sm:3" previd="session"');
  });
});
