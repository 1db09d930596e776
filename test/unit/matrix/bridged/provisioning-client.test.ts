import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProvisioningClient, readBridgeUrl } from '../../../../bridges/matrix/bridged/provisioning/client.ts';
import { riskOf } from '../../../../bridges/matrix/bridged/provisioning/risk.ts';
import { readIdentity, readStep } from '../../../../bridges/matrix/bridged/provisioning/shapes.ts';
import { cookieStep, displayStep, inputStep } from '../../../../bridges/matrix/bridged/provisioning/step-form.ts';
import { createTokenKeeper } from '../../../../bridges/matrix/worker/token-keeper.ts';
import { networkId } from '#model';

const signal = new AbortController().signal;

/** A server that writes down which proof it was shown. */
const listen = async (status = 200): Promise<{ url: string; seen: string[] }> => {
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    seen.push(incoming.headers.authorization ?? '');
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end('{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid auth token"}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
};

const clientOf = (baseUrl: string, url: string, isNamed: boolean) => {
  const keeper = createTokenKeeper({ baseUrl, tokens: { accessToken: 'our-token' }, save: async () => undefined, signal });
  const unused = (): never => {
    throw new Error('not asked');
  };
  const api = {
    ...{ get: unused, put: unused, delete: unused },
    raw: (path: string, init: RequestInit) => keeper.fetch(baseUrl + path, init),
    post: async () => ({ access_token: 'open', expires_in: 3_600 }),
  };
  return createProvisioningClient({ api, baseUrl, selfId: '@alice:example.org' }, url, isNamed);
};

describe('the proof of who we are', () => {
  it('is our token only for a bridge that our server names, below the address of our server', async () => {
    const home = await listen();
    const other = await listen();
    await clientOf(home.url, `${home.url}/bridges/x`, true).get(['whoami'], signal);
    await clientOf(home.url, `${home.url}/~mallory`, false).get(['whoami'], signal);
    await clientOf(home.url, other.url, true).get(['whoami'], signal);
    expect(home.seen).toEqual(['Bearer our-token', 'Bearer openid:open']);
    expect(other.seen).toEqual(['Bearer openid:open']);
  });

  it('is kept in by the keeper of the token as well', async () => {
    const home = await listen();
    const other = await listen();
    const keeper = createTokenKeeper({ baseUrl: home.url, tokens: { accessToken: 'our-token' }, save: async () => undefined, signal });
    for (const address of [`${other.url}/_matrix/provision/v3/whoami`, `${home.url}/elsewhere`, `https://evil.example/_matrix/provision/v3/x`]) {
      await expect(keeper.fetch(address)).rejects.toThrow('outside');
    }
    expect([...home.seen, ...other.seen]).toEqual([]);
  });

  it('refused by a bridge does not mean that our account is signed out', async () => {
    const other = await listen(401);
    await expect(clientOf('https://home.example', other.url, false).get(['whoami'], signal)).rejects.toMatchObject({ fault: { code: 'forbidden' } });
  });
});

describe('addresses of bridges', () => {
  it.each([
    ['https://a.example/bridge/', 'https://a.example/bridge'],
    ['https://a.example/x/_matrix/provision/v3', 'https://a.example/x'],
    ['https://a.example/?q#f', 'https://a.example'],
  ])('%s is %s', (typed, url) => expect(readBridgeUrl(typed)).toBe(url));
});

describe('what a bridge answers', () => {
  it.each([null, {}, { network: { displayname: 'x' } }, { network: [], login_flows: [] }])('%j is no bridge', (body) => {
    expect(readIdentity((body ?? {}) as Record<string, unknown>, 0)).toBeNull();
  });

  it('may lack anything else', () => {
    const body = { network: { displayname: 'X' }, login_flows: [{ id: 'a' }, { id: 7 }, null], logins: [{ id: '1', state: null }, { name: 'x' }, 'odd'] };
    expect(readIdentity(body, 0)).toMatchObject({ network: null, bot: null, flows: [{ id: 'a', name: 'a' }], logins: [{ id: '1', name: '1', state: 'failed', sinceMs: null }] });
  });

  it('is stale when its time to live is over', () => {
    const login = { id: '1', state: { state_event: 'CONNECTED', timestamp: 1_000, ttl: 100 } };
    const stale = (nowMs: number) => readIdentity({ network: { displayname: 'X' }, login_flows: [], logins: [login] }, nowMs)?.logins[0]?.isStale;
    expect([stale(1_050_000), stale(1_200_000)]).toEqual([false, true]);
  });

  it.each([
    ['user_input', { fields: [null, { id: '' }, { id: 'x', type: {} }], attachments: null }, inputStep],
    ['display_and_wait', { type: '__proto__', data: 7 }, displayStep],
    ['cookies', { url: 'javascript:alert(1)', fields: [{ id: 'c', sources: 'odd' }] }, cookieStep],
  ] as const)('as a step of %s may be odd and is still a page', (type, details, toPage) => {
    const step = readStep({ login_id: 'l', step_id: 's', type, [type]: details }, null);
    expect(step).not.toBeNull();
    if (step !== null) expect(toPage(step).state).toBe('open');
  });

  it.each([{}, { type: 'user_input' }, { step_id: 's', login_id: 'l' }, { type: 7, step_id: 's', login_id: 'l' }])('%j is no step', (body) => {
    expect(readStep(body, null)).toBeNull();
  });
});

describe('the risk of a way in', () => {
  it.each([
    ['telegram', 'phone', 'bridge-risk-official'],
    ['whatsapp', 'qr', 'bridge-risk-linked'],
    ['facebook', 'anything', 'bridge-risk-cookies'],
    ['telegram', 'cookies', 'bridge-risk-cookies'],
    ['slack', 'app', 'bridge-risk-official'],
    ['new', 'password', 'bridge-risk-unknown'],
  ])('of %s by %s is %s', (network, id, risk) => expect(riskOf(networkId(network), { id, name: id, description: '' })).toBe(risk));
});
