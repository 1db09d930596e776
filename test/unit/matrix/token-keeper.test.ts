import { describe, expect, it } from 'vitest';
import type { Tokens } from '../../../bridges/matrix/refresh.ts';
import { createTokenKeeper } from '../../../bridges/matrix/worker/token-keeper.ts';
import { until } from '../../kit/until.ts';
import { startFakeHomeserver, type FakeHomeserver } from './fake-homeserver.ts';

const signal = new AbortController().signal;

/** A server that knows one token at a time. */
const expiring = async (): Promise<{ server: FakeHomeserver; expire(): void }> => {
  const server = await startFakeHomeserver();
  let generation = 0;
  server.on('GET /_matrix/client/v3/account/whoami', ({ token }) =>
    token === `Bearer access-${String(generation)}` ? { body: {} } : { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN', soft_logout: true } },
  );
  server.on('POST /_matrix/client/v3/refresh', ({ body }) => {
    if ((JSON.parse(body) as { refresh_token: string }).refresh_token !== `refresh-${String(generation - 1)}`) {
      return { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } };
    }
    return { body: { access_token: `access-${String(generation)}`, refresh_token: `refresh-${String(generation)}` } };
  });
  return { server, expire: () => (generation += 1) };
};

const keeperOf = (server: FakeHomeserver, saved: Tokens[] = [], tokens: Tokens = { accessToken: 'access-0', refreshToken: 'refresh-0' }) =>
  createTokenKeeper({ baseUrl: server.baseUrl, tokens, signal, save: async (fresh) => void saved.push(fresh) });

const whoami = '/_matrix/client/v3/account/whoami';

describe('the access token', () => {
  it('is renewed once for all who wait, and saved before it is used', async () => {
    const { server, expire } = await expiring();
    const saved: Tokens[] = [];
    const usedBeforeSaved: boolean[] = [];
    server.on('GET /_matrix/client/v1/probe', ({ token }) => {
      usedBeforeSaved.push(token === 'Bearer access-1' && saved.length === 0);
      return { body: {} };
    });
    const keeper = keeperOf(server, saved);
    expire();
    const answers = await Promise.all([1, 2, 3].map(() => keeper.fetch(server.baseUrl + whoami)));
    await keeper.fetch(`${server.baseUrl}/_matrix/client/v1/probe`);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(saved).toEqual([{ accessToken: 'access-1', refreshToken: 'refresh-1' }]);
    expect(usedBeforeSaved).toEqual([false]);
    expect(server.requests.filter(({ path }) => path.endsWith('/refresh'))).toHaveLength(1);
  });

  it('that is new stays unused while it is being saved', async () => {
    const { server, expire } = await expiring();
    server.on('GET /_matrix/client/v1/probe', {});
    const saving = Promise.withResolvers<void>();
    let isSaving = false;
    const keeper = createTokenKeeper({
      baseUrl: server.baseUrl,
      tokens: { accessToken: 'access-0', refreshToken: 'refresh-0' },
      signal,
      save: () => {
        isSaving = true;
        return saving.promise;
      },
    });
    expire();
    const waiting = keeper.fetch(server.baseUrl + whoami);
    await until(() => isSaving);
    await keeper.fetch(`${server.baseUrl}/_matrix/client/v1/probe`);
    expect(server.requests.filter(({ token }) => token === 'Bearer access-1')).toEqual([]);
    saving.resolve();
    expect((await waiting).status).toBe(200);
  });

  it('survives ten renewals in a row', async () => {
    const { server, expire } = await expiring();
    const keeper = keeperOf(server);
    for (let count = 0; count < 10; count += 1) {
      expire();
      expect((await keeper.fetch(server.baseUrl + whoami)).status).toBe(200);
    }
  });

  it('is not used when it could not be saved', async () => {
    const { server, expire } = await expiring();
    const keeper = createTokenKeeper({
      baseUrl: server.baseUrl,
      tokens: { accessToken: 'access-0', refreshToken: 'refresh-0' },
      signal,
      save: () => Promise.reject(new Error('keychain locked')),
    });
    expire();
    await expect(keeper.fetch(server.baseUrl + whoami)).rejects.toThrow('keychain locked');
    expect(server.requests.some(({ token }) => token === 'Bearer access-1')).toBe(false);
  });

  it('that cannot be renewed leaves the refusal as it is', async () => {
    const { server, expire } = await expiring();
    expire();
    const keeper = keeperOf(server, [], { accessToken: 'access-0' });
    expect((await keeper.fetch(server.baseUrl + whoami)).status).toBe(401);
    const wrong = keeperOf(server, [], { accessToken: 'access-0', refreshToken: 'stolen' });
    expect((await wrong.fetch(server.baseUrl + whoami)).status).toBe(401);
  });

  it('goes to no other host, port or path', async () => {
    const server = await startFakeHomeserver();
    const other = await startFakeHomeserver();
    const keeper = keeperOf(server);
    for (const url of [`${other.baseUrl}/_matrix/x`, `${server.baseUrl}/elsewhere`, 'https://127.0.0.1/_matrix/x', `${server.baseUrl}/_matrix/../x`]) {
      await expect(keeper.fetch(url)).rejects.toMatchObject({ fault: { code: 'internal' } });
    }
    expect([...server.requests, ...other.requests]).toEqual([]);
  });

  it('does not follow a redirect', async () => {
    const server = await startFakeHomeserver();
    const other = await startFakeHomeserver();
    server.on('GET /_matrix/client/v3/', { status: 302, headers: { location: `${other.baseUrl}/_matrix/client/v3/x` } });
    expect((await keeperOf(server).fetch(server.baseUrl + whoami)).status).toBe(302);
    expect(other.requests).toEqual([]);
  });
});
