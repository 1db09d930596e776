/** Servers that describe their place to sign in unkindly; nothing may be sent there, and the words must fit. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SignUpDialog } from '#bridge';
import { accountId } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { oauthRefresh } from '../../../bridges/matrix/oauth.ts';
import { createFakeHost } from '../../kit/fake-host.ts';
import { startFakeHomeserver, type FakeHomeserver } from './fake-homeserver.ts';

const never = new AbortController().signal;
let server: FakeHomeserver;
let metadata: Record<string, unknown>;

beforeEach(async () => {
  server = await startFakeHomeserver();
  metadata = {
    issuer: `${server.baseUrl}/`,
    authorization_endpoint: `${server.baseUrl}/authorize`,
    token_endpoint: `${server.baseUrl}/token`,
    registration_endpoint: `${server.baseUrl}/register`,
    revocation_endpoint: `${server.baseUrl}/revoke`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
  };
  server.on('GET /_matrix/client/v3/login', { status: 404, body: { errcode: 'M_UNRECOGNIZED' } });
  server.on('GET /_matrix/client/v1/auth_metadata', () => ({ body: metadata }));
  server.on('POST /register', { status: 201, body: { client_id: 'us' } });
});

const open = async (): Promise<SignUpDialog> => {
  const dialog = await matrixBridge.signInOnWeb?.(server.baseUrl, never);
  if (dialog === undefined) throw new Error('no dialog');
  return dialog;
};
/** Opens the dialog and comes back with a code. */
const comeBack = async (): Promise<{ readonly dialog: SignUpDialog; readonly waiting: Promise<unknown> }> => {
  const dialog = await open();
  const waiting = dialog.wait?.(never) ?? Promise.resolve();
  waiting.catch(() => undefined);
  const link = new URL(dialog.first.link ?? '');
  const back = new URL(link.searchParams.get('redirect_uri') ?? '');
  back.searchParams.set('state', link.searchParams.get('state') ?? '');
  back.searchParams.set('code', 'a-code');
  await fetch(back);
  return { dialog, waiting };
};
const posts = (): readonly string[] => server.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);

describe('a place to sign in that cannot be trusted', () => {
  it.each([
    ['plain http', { issuer: 'http://auth.example.org/' }],
    ['an issuer that is no address', { issuer: 'auth' }],
    ['no issuer', { issuer: undefined }],
    ['an issuer with a query', { issuer: 'https://auth.example.org/?x=1' }],
    ['tokens elsewhere', { token_endpoint: 'https://evil.example.org/token' }],
    ['tokens by plain http', { token_endpoint: 'http://evil.example.org/token' }],
    ['a registration elsewhere', { registration_endpoint: 'https://evil.example.org/register' }],
    ['a revocation elsewhere', { revocation_endpoint: 'https://evil.example.org/revoke' }],
    ['a page elsewhere', { authorization_endpoint: 'https://evil.example.org/' }],
    ['a page that is a program', { authorization_endpoint: 'javascript:alert(1)' }],
    ['a page with a name in it', { authorization_endpoint: 'http://user:pw@127.0.0.1/' }],
    ['an address without an end', { token_endpoint: `http://127.0.0.1/${'x'.repeat(3_000)}` }],
    ['another issuer than its addresses', { issuer: 'https://auth.example.org/' }],
  ])('%s', async (_what, change) => {
    Object.assign(metadata, change);
    await expect(open()).rejects.toMatchObject({ fault: { code: 'sign-in-unsafe' } });
    expect(posts()).toEqual([]);
  });

  it.each([
    ['no PKCE', { code_challenge_methods_supported: ['plain'] }],
    ['no codes', { response_types_supported: ['token'] }],
    ['no refresh tokens', { grant_types_supported: ['authorization_code'] }],
    ['lists that are none', { grant_types_supported: 'authorization_code refresh_token' }],
    ['no registration', { registration_endpoint: undefined }],
  ])('%s: no way in', async (_what, change) => {
    Object.assign(metadata, change);
    await expect(open()).rejects.toMatchObject({ fault: { code: 'no-login-method' } });
  });

  it('a description without an end', async () => {
    metadata['x'] = 'y'.repeat(1_100_000);
    await expect(open()).rejects.toMatchObject({ fault: { code: 'server-incompatible' } });
    expect(posts()).toEqual([]);
  });

  it('one that sends on to somebody else is not followed', async () => {
    server.on('POST /register', { status: 307, headers: { location: 'https://evil.example.org/' } });
    await expect(open()).rejects.toMatchObject({ fault: { code: 'server-incompatible' } });
  });

  it('one that refuses this program', async () => {
    server.on('POST /register', { status: 400, body: { error: 'invalid_client_metadata', error_description: 'not here' } });
    await expect(open()).rejects.toMatchObject({ fault: { code: 'no-login-method', detail: 'invalid_client_metadata: not here' } });
  });
});

describe('answers to a code', () => {
  it.each([
    [400, { error: 'invalid_grant', error_description: 'x'.repeat(10_000) }, 'sign-in-declined'],
    [401, { error: 'invalid_client' }, 'sign-in-declined'],
    [503, { error: 'server_error' }, 'server-unreachable'],
    [429, {}, 'rate-limited'],
    [200, { access_token: 'a' }, 'server-incompatible'],
    [200, '<html>', 'server-incompatible'],
    [200, { access_token: 'x'.repeat(70_000), token_type: 'bearer' }, 'server-incompatible'],
    [200, { access_token: 'a', token_type: 'bearer', scope: 'openid' }, 'sign-in-declined'],
  ])('%i %j: %3$s', async (status, body, code) => {
    server.on('POST /token', { status, body });
    const { dialog, waiting } = await comeBack();
    const fault = await waiting.then(() => null, (error: unknown) => (error as { fault: { code: string; detail?: string } }).fault);
    expect(fault?.code).toBe(code);
    expect(fault?.detail?.length ?? 0).toBeLessThanOrEqual(500);
    expect(dialog.result()).toBeNull();
    await dialog.close();
  });

  it('a session of another device than ours is not taken', async () => {
    server.on('POST /token', { body: { access_token: 'a', token_type: 'bearer' } });
    server.on('GET /_matrix/client/v3/account/whoami', { body: { user_id: '@ana:example.org', device_id: 'ANOTHER' } });
    const { dialog, waiting } = await comeBack();
    await expect(waiting).rejects.toMatchObject({ fault: { code: 'server-incompatible' } });
    await dialog.close();
  });
});

describe('a refresh token', () => {
  it('goes to nobody but who gave it', async () => {
    const refresh = oauthRefresh(server.baseUrl, { issuer: 'https://auth.example.org/', clientId: 'us' }, never);
    await expect(refresh('secret-refresh')).rejects.toMatchObject({ fault: { code: 'sign-in-unsafe' } });
    expect(server.requests.some(({ body }) => body.includes('secret-refresh'))).toBe(false);
  });

  it('that is refused asks for a sign-in; a problem of the moment does not', async () => {
    const refresh = oauthRefresh(server.baseUrl, { issuer: `${server.baseUrl}/`, clientId: 'us' }, never);
    server.on('POST /token', { status: 503, body: {} });
    await expect(refresh('r')).rejects.toMatchObject({ fault: { code: 'server-unreachable' } });
    server.on('POST /token', { status: 400, body: { error: 'invalid_grant' } });
    await expect(refresh('r')).rejects.toMatchObject({ fault: { code: 'signed-out' } });
  });
});

describe('ways to sign in', () => {
  const waysOf = async (flows: readonly unknown[], hasOAuth: boolean): Promise<readonly string[]> => {
    server.on('GET /_matrix/client/v3/login', { body: { flows } });
    if (!hasOAuth) server.on('GET /_matrix/client/v1/auth_metadata', { status: 404, body: { errcode: 'M_UNRECOGNIZED' } });
    const dialog = await open();
    await dialog.close();
    return dialog.first.form?.fields[0]?.options?.map(({ label }) => label) ?? [];
  };
  const providers = [{ id: 'oidc-github', name: 'GitHub' }, { id: 'oidc-google', name: 'Google' }, { id: '../../admin', name: 'Trap' }, { id: 'bare' }, null];

  it('are those of the server, providers by their names, pages first', async () => {
    const flows = [{ type: 'm.login.password' }, { type: 'm.login.sso', identity_providers: providers }, { type: 'm.login.token' }];
    expect(await waysOf(flows, false)).toEqual(['GitHub', 'Google', 'bare', 'way-password']);
  });

  it('name OAuth once, not also its disguise for older programs', async () => {
    const flows = [{ type: 'm.login.sso', oauth_aware_preferred: true }, { type: 'm.login.password' }];
    expect(await waysOf(flows, true)).toEqual(['way-browser', 'way-password']);
  });

  it('lead to the provider that was chosen', async () => {
    server.on('GET /_matrix/client/v3/login', { body: { flows: [{ type: 'm.login.password' }, { type: 'm.login.sso', identity_providers: providers }] } });
    server.on('GET /_matrix/client/v1/auth_metadata', { status: 404, body: {} });
    const dialog = await open();
    const step = await dialog.answer('complete', { way: ['1'] }, never);
    expect(new URL(step.link ?? '').pathname).toBe('/_matrix/client/v3/login/sso/redirect/oidc-google');
    await dialog.close();
  });
});

it('the page for account and devices is offered where signing in was by OAuth', async () => {
  metadata['account_management_uri'] = 'https://account.example.org/account/';
  const settings = { baseUrl: server.baseUrl, userId: '@ana:example.org', deviceId: 'DEV', oauth: { issuer: `${server.baseUrl}/`, clientId: 'us' } };
  const host = createFakeHost();
  const session = matrixBridge.open({ id: accountId(1), address: '@ana:example.org', displayName: null, settings }, null, host);
  const host1 = new URL(server.baseUrl).host;
  expect((await session.services?.commands(host1, never))?.map(({ node }) => node)).toContain('account-page');
  const dialog = await session.services?.open({ kind: 'command', address: host1, node: 'account-page' }, never);
  expect(dialog?.first).toMatchObject({ state: 'done', link: 'https://account.example.org/account/', notes: [{ code: 'account-page' }] });
  metadata['account_management_uri'] = 'javascript:alert(1)';
  await expect(session.services?.open({ kind: 'command', address: host1, node: 'account-page' }, never)).rejects.toMatchObject({ fault: { code: 'unsupported' } });
  host.dispose();
});
