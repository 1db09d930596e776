// needs: synapse
/** OAuth 2: a real Synapse that leaves signing in to an authorization server and asks it about every token. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DialogStep, LoginResult, SignUpDialog } from '#bridge';
import { accountId } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { createFakeHost, type FakeHost } from '../../kit/fake-host.ts';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { decideOnAuthPage, startAuthServer, startSynapse, visitAuthPage, type AuthServer, type SynapseServer } from '../../lab/index.ts';

const never = new AbortController().signal;
let auth: AuthServer;
let synapse: SynapseServer;
let user = '';
const password = 'a secret';

beforeAll(async () => {
  auth = await startAuthServer();
  synapse = await startSynapse({ auth: { url: auth.url, secret: auth.secret } });
  auth.attach(synapse.baseUrl);
});
beforeEach(async () => {
  user = freshName('ana');
  auth.store.accessTtlMs = 300_000;
  await auth.register(user, password);
});
afterAll(async () => {
  await synapse?.stop();
  await auth?.stop();
});

const open = (server = synapse.baseUrl): Promise<SignUpDialog> => {
  if (matrixBridge.signInOnWeb === undefined) throw new Error('no sign-in on the web');
  return matrixBridge.signInOnWeb(server, never);
};

/** Through the page and back, as a person does it. */
const signIn = async (): Promise<LoginResult> => {
  const dialog = await open();
  const waiting = dialog.wait?.(never);
  await visitAuthPage(dialog.first.link ?? '', { user, password });
  await waiting;
  const { flowId = '', values = {} } = dialog.result() ?? {};
  const login = await matrixBridge.login(flowId, values, never);
  dialog.kept?.();
  await dialog.close();
  return login;
};

const accountOf = (login: LoginResult) => ({ id: accountId(1), address: login.address, displayName: null, settings: login.settings });

const whoami = async (login: LoginResult): Promise<number> =>
  (await fetch(`${synapse.baseUrl}/_matrix/client/v3/account/whoami`, { headers: { authorization: `Bearer ${login.secrets['accessToken'] ?? ''}` } })).status;

const online = async (login: LoginResult, host: FakeHost) => {
  const session = matrixBridge.open(accountOf(login), host.savedState, host);
  await session.start();
  await host.waitFor('state', ({ connection }) => connection === 'online');
  return session;
};

describe('signing in by OAuth', () => {
  it('leads to an account that works, with a device of our choice', async () => {
    const dialog = await open();
    const link = new URL(dialog.first.link ?? '');
    expect(link.origin).toBe(auth.url);
    const scope = link.searchParams.get('scope') ?? '';
    expect(scope).toMatch(/^urn:matrix:client:api:\* urn:matrix:client:device:[A-Z2-7]{16}$/u);
    expect(Object.fromEntries(link.searchParams)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/signed-in$/u) as string });
    await dialog.close();

    const login = await signIn();
    expect(login.address).toBe(`@${user}:localhost`);
    expect(login.settings).toMatchObject({ oauth: { issuer: `${auth.url}/`, clientId: expect.any(String) as string } });
    // Tokens are secrets, never settings.
    expect(JSON.stringify(login.settings)).not.toContain(login.secrets['refreshToken'] ?? '?');
    const host = createFakeHost({ secrets: login.secrets });
    await (await online(login, host)).stop();
    host.dispose();
  });

  it('makes the program known once, however often somebody signs in', async () => {
    await signIn();
    const before = auth.clients.count;
    await signIn();
    expect(auth.clients.count).toBe(before);
  });

  it('is what the password form names when a server takes no passwords', async () => {
    const attempt = matrixBridge.login('password', { address: `@${user}:localhost`, password, server: synapse.baseUrl }, never);
    await expect(attempt).rejects.toMatchObject({ fault: { code: 'use-web-sign-in' } });
  });

  it('ends at the server when the account is removed', async () => {
    const login = await signIn();
    const host = createFakeHost({ secrets: login.secrets });
    expect(await whoami(login)).toBe(200);
    await matrixBridge.logout?.(accountOf(login), host);
    expect(await whoami(login)).toBe(401);
    expect([...host.secretValues.keys()]).toEqual([]);
    host.dispose();
  });

  it('leaves no session behind when nobody takes it over', async () => {
    const dialog = await open();
    const waiting = dialog.wait?.(never);
    await visitAuthPage(dialog.first.link ?? '', { user, password });
    await waiting;
    const login = await matrixBridge.login(dialog.result()?.flowId ?? '', dialog.result()?.values ?? {}, never);
    expect(await whoami(login)).toBe(200);
    await dialog.close();
    expect(await whoami(login)).toBe(401);
  });
});

describe('the way back', () => {
  it('takes no answer with another state, and goes on waiting', async () => {
    const dialog = await open();
    const waiting = dialog.wait?.(never);
    const back = new URL(await decideOnAuthPage(dialog.first.link ?? '', { user, password }));
    for (const state of ['', 'another', `${back.searchParams.get('state') ?? ''}x`]) {
      const forged = new URL(back);
      forged.searchParams.set('state', state);
      const answer = await fetch(forged);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('Esta no es la respuesta');
    }
    expect(dialog.result()).toBeNull();
    expect((await fetch(back)).status).toBe(200);
    expect(await waiting).toMatchObject({ state: 'done' });
    await dialog.close();
  });

  it('takes one answer, once', async () => {
    const dialog = await open();
    const back = await decideOnAuthPage(dialog.first.link ?? '', { user, password });
    expect((await fetch(back)).status).toBe(200);
    expect((await fetch(back)).status).toBe(400);
    await dialog.wait?.(never);
    expect(auth.requests.filter(({ form }) => form.get('code') === new URL(back).searchParams.get('code'))).toHaveLength(1);
    await dialog.close();
  });

  it('says so when the person, or the server, declines', async () => {
    const dialog = await open();
    const refusal = expect(dialog.wait?.(never)).rejects.toMatchObject({ fault: { code: 'sign-in-declined', detail: expect.stringContaining('access_denied') as string } });
    const page = await visitAuthPage(dialog.first.link ?? '', { user, password, decision: 'deny' });
    expect(await page.text()).toContain('Palomari ei lubatud sisse');
    await refusal;
    await dialog.close();
  });

  it('refuses a code that was used already', async () => {
    const first = await open();
    const firstBack = new URL(await decideOnAuthPage(first.first.link ?? '', { user, password }));
    const taken = first.wait?.(never);
    await fetch(firstBack);
    await taken;
    const second = await open();
    const refusal = expect(second.wait?.(never)).rejects.toMatchObject({ fault: { code: 'sign-in-declined', detail: expect.stringContaining('invalid_grant') as string } });
    const link = new URL(second.first.link ?? '');
    const back = new URL(link.searchParams.get('redirect_uri') ?? '');
    back.searchParams.set('state', link.searchParams.get('state') ?? '');
    back.searchParams.set('code', firstBack.searchParams.get('code') ?? '');
    await fetch(back);
    await refusal;
    await Promise.all([first.close(), second.close()]);
  });
});

describe('an access token that ran out', () => {
  it('is renewed, and the session goes on', async () => {
    auth.store.accessTtlMs = 1_000;
    const login = await signIn();
    await until(async () => (await whoami(login)) === 401, { label: 'the token ran out' });
    const host = createFakeHost({ secrets: login.secrets });
    const session = await online(login, host);
    expect(host.secretValues.get('refreshToken')).not.toBe(login.secrets['refreshToken']);
    await session.stop();
    expect(host.of('state').some(({ connection }) => connection === 'needs-login')).toBe(false);
    host.dispose();
  });

  it('says what it means when the session was ended at the server', async () => {
    auth.store.accessTtlMs = 1_500;
    const login = await signIn();
    const host = createFakeHost({ secrets: login.secrets });
    const session = await online(login, host);
    await auth.endSessions(user);
    // Keys that come in at that moment bring the device back at Synapse; then the token's end, and that of a long poll, tell.
    const state = await host.waitFor('state', ({ connection }) => connection === 'needs-login', 45_000);
    expect(state.fault?.code).toBe('device-removed');
    await session.stop();

    // Signing in again makes a new device: the old name must not be used with other keys.
    const before = { account: accountOf(login), secrets: host.secrets };
    const dialog = await matrixBridge.signInOnWeb?.('', never, before);
    expect(new URL(dialog?.first.link ?? '').searchParams.get('scope')).not.toContain(String(login.settings['deviceId']));
    await dialog?.close();
    host.dispose();
  });

  it('keeps the device of somebody who signs in again while it is known', async () => {
    const login = await signIn();
    const host = createFakeHost({ secrets: login.secrets });
    await (await online(login, host)).stop();
    auth.store.accessTtlMs = 1;
    const dialog = await matrixBridge.signInOnWeb?.('', never, { account: accountOf(login), secrets: host.secrets });
    const waiting = dialog?.wait?.(never);
    auth.store.accessTtlMs = 300_000;
    await visitAuthPage(dialog?.first.link ?? '', { user, password });
    await waiting;
    const again = await matrixBridge.login(dialog?.result()?.flowId ?? '', dialog?.result()?.values ?? {}, never);
    expect(again.settings['deviceId']).toBe(login.settings['deviceId']);
    expect(again.secrets['cryptoKey']).toBe(host.secretValues.get('cryptoKey'));
    dialog?.kept?.();
    await dialog?.close();
    host.dispose();
  });
});

it('an identity is replaced only after that was approved on the page of the server', async () => {
  const login = await signIn();
  const host = createFakeHost({ secrets: login.secrets });
  const session = await online(login, host);
  const finish = async (task: 'set-up' | 'reset'): Promise<{ readonly steps: readonly DialogStep[]; readonly again: () => Promise<DialogStep | undefined> }> => {
    const dialog = await session.encryption?.open({ kind: task }, never);
    const again = (): Promise<DialogStep | undefined> => dialog?.answer('complete', {}, never) ?? Promise.resolve(undefined);
    return { steps: [await again()].flatMap((step) => step ?? []), again };
  };
  // The first identity needs nobody's leave.
  expect((await finish('set-up')).steps).toMatchObject([{ notes: [{ code: 'recovery-key-save' }] }]);
  const reset = await finish('reset');
  const asked = { notes: [{ code: 'approve-on-page' }], link: `${auth.url}/account/?action=org.matrix.cross_signing_reset`, actions: ['complete'] };
  expect(reset.steps).toMatchObject([asked]);
  expect(await reset.again()).toMatchObject(asked);
  await auth.approveReset(user);
  expect(await reset.again()).toMatchObject({ notes: [{ code: 'recovery-key-save' }] });
  await session.stop();
  host.dispose();
});
