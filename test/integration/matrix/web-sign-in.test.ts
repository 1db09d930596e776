// needs: synapse
/** Signing in on the server's own page: a real Synapse that asks a CAS server who we are. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DialogStep, SignUpDialog } from '#bridge';
import { accountId } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { createFakeHost } from '../../kit/fake-host.ts';
import { startCas, type CasServer } from '../../lab/synapse/start-cas.ts';
import { startSynapse, type SynapseServer } from '../../lab/index.ts';

const never = new AbortController().signal;
let cas: CasServer;
let synapse: SynapseServer;

beforeAll(async () => {
  cas = await startCas('ines');
  synapse = await startSynapse({ casUrl: cas.url });
});
afterAll(async () => {
  await synapse?.stop();
  await cas?.stop();
});

const open = (): Promise<SignUpDialog> => {
  if (matrixBridge.signInOnWeb === undefined) throw new Error('no sign-in on the web');
  return matrixBridge.signInOnWeb(synapse.baseUrl, never);
};
/** Takes one of the ways that this Synapse offers: CAS, or a password. */
const take = (dialog: SignUpDialog, label: string): Promise<DialogStep> => {
  const option = dialog.first.form?.fields[0]?.options?.find((one) => one.label === label);
  return dialog.answer('complete', { way: [option?.value ?? 'none'] }, never);
};
const openCas = async (): Promise<{ readonly dialog: SignUpDialog; readonly link: string }> => {
  const dialog = await open();
  return { dialog, link: (await take(dialog, 'CAS')).link ?? '' };
};
/** Where the browser is sent back to. */
const returnOf = (link: string): URL => new URL(new URL(link).searchParams.get('redirectUrl') ?? '');

/** What the person's browser does: follows every redirect and keeps cookies. */
const browse = async (link: string): Promise<Response> => {
  let url = new URL(link);
  const cookies: string[] = [];
  for (let hops = 0; hops < 10; hops += 1) {
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie: cookies.join('; ') } });
    for (const cookie of answer.headers.getSetCookie()) cookies.push(cookie.split(';', 1)[0] ?? '');
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status >= 400 || location === null) return answer;
    url = new URL(location, url);
  }
  throw new Error('too many redirects');
};

describe('signing in on the page of the server', () => {
  it('leads to an account that works', async () => {
    const dialog = await open();
    expect(dialog.first.form?.fields[0]?.options?.map(({ label }) => label)).toEqual(['CAS', 'way-password']);
    const step = await take(dialog, 'CAS');
    expect(step).toMatchObject({ state: 'open', isWaiting: true, link: expect.stringContaining(`${synapse.baseUrl}/_matrix/client/v3/login/sso/redirect/cas?`) as string });
    const waiting = dialog.wait?.(never);
    const page = await browse(step.link ?? '');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Puedes cerrar esta página');
    expect(await waiting).toMatchObject({ state: 'done', notes: [{ code: 'signed-in' }] });
    const { flowId = '', values = {} } = dialog.result() ?? {};
    const login = await matrixBridge.login(flowId, values, never);
    dialog.kept?.();
    await dialog.close();
    expect(login.address).toBe('@ines:localhost');
    const host = createFakeHost({ secrets: login.secrets });
    const session = matrixBridge.open({ id: accountId(1), address: login.address, displayName: null, settings: login.settings }, null, host);
    await session.start();
    await host.waitFor('state', ({ connection }) => connection === 'online');
    await session.stop();
    host.dispose();
  });

  it('takes a token only where and how it was asked for', async () => {
    const { dialog, link } = await openCas();
    const back = returnOf(link);
    const statusOf = async (path: string, init: RequestInit = {}): Promise<number> => (await fetch(new URL(path, back), init)).status;
    expect(await statusOf('/?loginToken=stolen')).toBe(404);
    expect(await statusOf(`${back.pathname}?loginToken=`)).toBe(400);
    expect(await statusOf(`${back.pathname}?loginToken=${'x'.repeat(5_000)}`)).toBe(400);
    expect(await statusOf(`${back.pathname}?loginToken=x`, { method: 'POST' })).toBe(404);
    expect(await asAnotherHost(back)).toBe(404);
    expect(dialog.result()).toBeNull();
    await dialog.close();
    await expect(fetch(back)).rejects.toThrow();
  });

  it('ends with the dialog', async () => {
    const { dialog } = await openCas();
    const refusal = expect(dialog.wait?.(never)).rejects.toMatchObject({ fault: { code: 'cancelled' } });
    await dialog.close();
    await refusal;
  });

  it('asks for the password where that is the way, until it is right', async () => {
    await synapse.register('olga', 'right');
    const dialog = await open();
    expect(await take(dialog, 'way-password')).toMatchObject({ form: { fields: [{ name: 'user' }, { name: 'password' }] } });
    const wrong = await dialog.answer('complete', { user: ['@olga:localhost'], password: ['wrong'] }, never);
    expect(wrong).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'wrong-password' }] });
    expect(await dialog.answer('complete', { user: ['@olga:localhost'], password: ['right'] }, never)).toMatchObject({ state: 'done' });
    const login = await matrixBridge.login(dialog.result()?.flowId ?? '', dialog.result()?.values ?? {}, never);
    expect(login.address).toBe('@olga:localhost');
    // Nobody took it over: the session ends with the dialog.
    await dialog.close();
    const headers = { authorization: `Bearer ${login.secrets['accessToken'] ?? ''}` };
    expect((await fetch(`${synapse.baseUrl}/_matrix/client/v3/account/whoami`, { headers })).status).toBe(401);
  });
});

/** A page elsewhere whose name was made to point at this computer (DNS rebinding). */
const asAnotherHost = (back: URL): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: back.port, path: `${back.pathname}?loginToken=x`, headers: { host: 'evil.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
