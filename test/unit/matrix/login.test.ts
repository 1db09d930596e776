import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accountId } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { requestJson } from '../../../bridges/matrix/http.ts';
import { createFakeHost } from '../../kit/fake-host.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startFakeHomeserver, type FakeHomeserver } from './fake-homeserver.ts';

const signIn = (server: string, address = '@alice:example.org', password = 'pw') =>
  matrixBridge.login('password', { address, password, server }, new AbortController().signal);

const accepting = async (): Promise<FakeHomeserver> => {
  const server = await startFakeHomeserver();
  server.on('POST /_matrix/client/v3/login', {
    body: { user_id: '@alice:example.org', device_id: 'DEV', access_token: 'secret-token', refresh_token: 'secret-refresh' },
  });
  server.on('GET /_matrix/client/v3/profile/', { body: { displayname: 'Alice' } });
  return server;
};

/** A TLS server with a certificate that nobody vouches for. */
const startUntrustedServer = async (): Promise<string> => {
  const folder = tempFolder('tls');
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'cert.pem');
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-keyout', key, '-out', certificate];
  execFileSync('openssl', args, { stdio: 'ignore' });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `https://localhost:${String(typeof address === 'object' && address !== null ? address.port : 0)}`;
};

describe('signing in', () => {
  it('keeps the session: secrets apart from settings, a device name, a refresh token', async () => {
    const server = await accepting();
    const result = await signIn(`${server.baseUrl}/`);
    expect(result).toEqual({
      address: '@alice:example.org',
      displayName: 'Alice',
      secrets: { accessToken: 'secret-token', refreshToken: 'secret-refresh' },
      settings: { baseUrl: server.baseUrl, userId: '@alice:example.org', deviceId: 'DEV' },
    });
    const request = server.requests.find(({ method, path }) => method === 'POST' && path.endsWith('/login'));
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: '@alice:example.org' },
      initial_device_display_name: 'Palomar',
      refresh_token: true,
    });
  });

  it('takes an address without its first sign', async () => {
    const server = await accepting();
    await expect(signIn(server.baseUrl, 'alice:example.org')).resolves.toMatchObject({ address: '@alice:example.org' });
  });

  it('ignores a profile that cannot be read', async () => {
    const server = await accepting();
    server.on('GET /_matrix/client/v3/profile/', { status: 500, body: 'broken' });
    await expect(signIn(server.baseUrl)).resolves.toMatchObject({ displayName: null });
  });
});

describe('each fault has a code of its own', () => {
  it.each([
    [403, { errcode: 'M_FORBIDDEN', error: 'Invalid username or password' }, 'wrong-password'],
    [403, { errcode: 'M_USER_DEACTIVATED', error: 'This account has been deactivated' }, 'account-disabled'],
    [500, { errcode: 'M_UNKNOWN' }, 'server-unreachable'],
    [200, { hello: 'world' }, 'server-incompatible'],
    [400, { errcode: 'M_INVALID_PARAM' }, 'rejected'],
  ])('the server answers %i %j: %3$s', async (status, body, code) => {
    const server = await startFakeHomeserver();
    server.on('POST /_matrix/client/v3/login', { status, body });
    await expect(signIn(server.baseUrl)).rejects.toMatchObject({ fault: { code } });
  });

  it('too many tries: when to try again', async () => {
    const server = await startFakeHomeserver();
    server.on('POST /_matrix/client/v3/login', { status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 30_000 } });
    const beforeMs = Date.now();
    const fault = await signIn(server.baseUrl).catch((error: unknown) => (error as { fault: { code: string; retryAtMs: number } }).fault);
    expect(fault).toMatchObject({ code: 'rate-limited' });
    expect((fault as { retryAtMs: number }).retryAtMs - beforeMs).toBeGreaterThanOrEqual(30_000);
  });

  it('no password login there', async () => {
    const server = await startFakeHomeserver();
    server.on('GET /_matrix/client/v3/login', { body: { flows: [{ type: 'm.login.application_service' }] } });
    await expect(signIn(server.baseUrl)).rejects.toMatchObject({ fault: { code: 'no-login-method' } });
    server.on('GET /_matrix/client/v3/login', { body: { flows: [{ type: 'm.login.sso' }] } });
    await expect(signIn(server.baseUrl)).rejects.toMatchObject({ fault: { code: 'use-web-sign-in' } });
  });

  it.each([{ status: 404, body: 'nothing here' }, { body: '<html>' }, { body: { versions: 'v1' } }, { body: [] }])(
    'not a Matrix server: %j',
    async (answer) => {
      const server = await startFakeHomeserver();
      server.on('GET /_matrix/client/versions', answer);
      await expect(signIn(server.baseUrl)).rejects.toMatchObject({ fault: { code: 'server-incompatible' } });
      expect(server.requests.some(({ method }) => method === 'POST')).toBe(false);
    },
  );

  it('nobody listens', async () => {
    await expect(signIn('http://127.0.0.1:9')).rejects.toMatchObject({ fault: { code: 'server-unreachable' } });
  });

  it('a certificate that nobody vouches for', async () => {
    const server = await startUntrustedServer();
    await expect(signIn(server)).rejects.toMatchObject({ fault: { code: 'certificate-invalid' } });
  });

  it('plain HTTP to another computer: not a byte is sent', async () => {
    await expect(signIn('http://192.0.2.1')).rejects.toMatchObject({ fault: { code: 'no-encryption' } });
    const { signal } = new AbortController();
    await expect(requestJson(new URL('http://192.0.2.1/'), { signal })).rejects.toMatchObject({ fault: { code: 'no-encryption' } });
  });

  it.each(['alice', '', '@:example.org', '@alice:exa mple', '@alice:example.org/path'])('%j is no address', async (address) => {
    await expect(signIn('http://127.0.0.1:9', address)).rejects.toMatchObject({ fault: { code: 'wrong-address' } });
  });

  it.each(['ftp://example.org', 'https://user:pw@example.org', 'https://example.org/?q=1', 'a b', 'javascript:alert(1)'])(
    '%j is no server',
    async (server) => {
      await expect(signIn(server)).rejects.toMatchObject({ fault: { code: 'wrong-address' } });
    },
  );

  it('given up by the person', async () => {
    const attempt = matrixBridge.login('password', { address: '@a:b.example', password: 'x', server: 'http://127.0.0.1:9' }, AbortSignal.abort());
    await expect(attempt).rejects.toMatchObject({ fault: { code: 'cancelled' } });
  });
});

describe('signing out', () => {
  const account = (baseUrl: string) => ({
    id: accountId(1),
    address: '@alice:example.org',
    displayName: null,
    settings: { baseUrl, userId: '@alice:example.org', deviceId: 'DEV' },
  });
  const hostWith = () => {
    const host = createFakeHost({ secrets: { accessToken: 'old', refreshToken: 'renew' } });
    onTestFinished(() => host.dispose());
    return host;
  };

  it('ends the session at the server and forgets the secrets', async () => {
    const server = await startFakeHomeserver();
    server.on('POST /_matrix/client/v3/logout', {});
    const host = hostWith();
    await matrixBridge.logout?.(account(server.baseUrl), host);
    expect(server.requests.find(({ path }) => path.endsWith('/logout'))?.token).toBe('Bearer old');
    expect([...host.secretValues]).toEqual([]);
  });

  it('renews a token that expired, so that the device really goes', async () => {
    const server = await startFakeHomeserver();
    server.on('POST /_matrix/client/v3/logout', ({ token }) =>
      token === 'Bearer new' ? {} : { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN', soft_logout: true } },
    );
    server.on('POST /_matrix/client/v3/refresh', { body: { access_token: 'new', refresh_token: 'next' } });
    const host = hostWith();
    await matrixBridge.logout?.(account(server.baseUrl), host);
    expect(server.requests.filter(({ path }) => path.endsWith('/logout')).map(({ token }) => token)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('keeps the secrets when the server could not be told', async () => {
    const host = hostWith();
    await expect(matrixBridge.logout?.(account('http://127.0.0.1:9'), host)).rejects.toMatchObject({ fault: { code: 'server-unreachable' } });
    expect(host.secretValues.size).toBe(2);
  });
});
