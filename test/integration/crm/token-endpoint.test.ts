/** Token endpoints that answer oddly, too much, or lead elsewhere. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { OAuthManifest } from '../../../electron/engine/crm/connector.ts';
import { createTokenKeeper } from '../../../electron/engine/crm/oauth/token-keeper.ts';
import { tokensInMemory, type StoredTokens, type TokenStore } from '../../../electron/engine/crm/oauth/token-store.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const listen = async (answer: (response: ServerResponse) => void): Promise<{ readonly url: string; readonly count: () => number }> => {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    request.resume().on('end', () => answer(response));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, count: () => count };
};

const json = (response: ServerResponse, body: unknown, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const manifest: OAuthManifest = {
  grant: 'authorization-code',
  authorizationEndpoint: ({ url = '' }) => url,
  tokenEndpoint: ({ url = '' }) => url,
  scopes: [],
  clientIdField: 'clientId',
  clientAuthentication: 'none',
};
const nowMs = 1_000_000;

const keeperOf = (url: string, more: Partial<StoredTokens> = {}) => {
  const store: TokenStore = tokensInMemory({ accessToken: 'old', refreshToken: 'r1', expiresAtMs: nowMs - 1, renewAtMs: nowMs - 1, tokenEndpoint: url, clientId: 'palomar', ...more });
  return { store, keeper: createTokenKeeper({ manifest, values: { url, clientId: 'palomar' }, store, nowMs: () => nowMs }) };
};

describe('a token endpoint', () => {
  it('may leave out the kind of token and write its time as text', async () => {
    const { url } = await listen((response) => json(response, { access_token: 'new', expires_in: '3600', id_token: 'not.looked.at' }));
    const { keeper, store } = keeperOf(url);
    expect(await keeper.accessToken()).toBe('new');
    // No new refresh token: the old one stays good.
    expect(store.read()).toMatchObject({ refreshToken: 'r1', expiresAtMs: nowMs + 3_600_000, renewAtMs: nowMs + 3_540_000 });
  });

  it.each([
    ['with 400', 400],
    ['with a status of success', 200],
  ])('may refuse %s: the person has to sign in again', async (_, status) => {
    const { url } = await listen((response) => json(response, { error: 'invalid_grant' }, status));
    await expect(keeperOf(url).keeper.accessToken()).rejects.toMatchObject({ code: 'needs-login' });
  });

  it.each([
    ['is no JSON', (response: ServerResponse) => void response.end('<html>'), 'server-incompatible'],
    ['has no token', (response: ServerResponse) => json(response, {}), 'server-incompatible'],
    ['has a token that is no text', (response: ServerResponse) => json(response, { access_token: { a: 1 } }), 'server-incompatible'],
    ['never ends', (response: ServerResponse) => void response.end(`{"access_token":"${'x'.repeat(400_000)}"}`), 'server-incompatible'],
    ['broke', (response: ServerResponse) => void response.writeHead(502).end(), 'server-error'],
    ['is to come later', (response: ServerResponse) => void response.writeHead(429, { 'retry-after': '7' }).end(), 'rate-limited'],
  ])('whose answer %s leaves everything as it was', async (_, answer, code) => {
    const { url } = await listen(answer);
    const { keeper, store } = keeperOf(url);
    const before = store.read();
    await expect(keeper.accessToken()).rejects.toMatchObject({ code });
    expect(store.read()).toEqual(before);
  });

  it('cannot send a refresh token elsewhere by a redirect', async () => {
    const other = await listen((response) => json(response, { access_token: 'stolen' }));
    const { url } = await listen((response) => void response.writeHead(307, { location: other.url }).end());
    await expect(keeperOf(url).keeper.accessToken()).rejects.toMatchObject({ code: 'redirect-refused' });
    expect(other.count()).toBe(0);
  });

  it('is not asked with tokens that another one gave, or that another registration has', async () => {
    const { url, count } = await listen((response) => json(response, { access_token: 'new' }));
    await expect(keeperOf(url, { tokenEndpoint: 'https://elsewhere.example/token' }).keeper.accessToken()).rejects.toMatchObject({ code: 'needs-login' });
    await expect(keeperOf(url, { clientId: 'other' }).keeper.accessToken()).rejects.toMatchObject({ code: 'needs-login' });
    expect(count()).toBe(0);
  });

  it('that is down does not stop a token that is still good', async () => {
    const { url } = await listen((response) => void response.writeHead(503).end());
    expect(await keeperOf(url, { expiresAtMs: nowMs + 30_000 }).keeper.accessToken()).toBe('old');
  });
});

describe('tokens that come back too late', () => {
  it('do not replace those of a sign-in that was made meanwhile', async () => {
    const held: ServerResponse[] = [];
    const asked = Promise.withResolvers<void>();
    const { url } = await listen((response) => (held.push(response), asked.resolve()));
    const { keeper, store } = keeperOf(url);
    const late = keeper.accessToken();
    await asked.promise;
    const known = store.read();
    if (known === null) throw new Error('no tokens');
    store.write({ ...known, accessToken: 'signed in anew', refreshToken: 'r9' });
    for (const response of held) json(response, { access_token: 'late', refresh_token: 'r2' });
    expect(await late).toBe('signed in anew');
    expect(store.read()).toMatchObject({ refreshToken: 'r9' });
  });
});
