// needs: synapse
/** A session that ran out at a real Synapse ("soft logout"), and one that was ended there for good. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoginResult } from '#bridge';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { startSynapse, type SynapseServer } from '../../lab/index.ts';
import { openAccount, type OwnAccount } from './account.ts';

const never = new AbortController().signal;
let synapse: SynapseServer;
let name = '';

beforeAll(async () => {
  // Neither an access token nor what renews it outlives the session: after it only a sign-in helps.
  synapse = await startSynapse({ lifetimes: { session: '4s', refreshable: '1s' } });
});
afterAll(() => synapse?.stop());

const signedIn = async (): Promise<OwnAccount> => {
  name = freshName('ana');
  await synapse.register(name, 'a secret');
  const own = await openAccount(synapse.baseUrl, `@${name}:localhost`, 'a secret');
  await own.session.start();
  await own.host.waitFor('state', ({ connection }) => connection === 'online');
  return own;
};
const again = (own: OwnAccount, password = 'a secret'): Promise<LoginResult> =>
  matrixBridge.login('password', { address: `@${name}:localhost`, password, server: synapse.baseUrl }, never, { account: own.account, secrets: own.host.secrets });
const fingerprint = async (own: Pick<OwnAccount, 'session'>): Promise<string | undefined> => (await own.session.encryption?.health(never))?.fingerprint;

describe('a session that ran out', () => {
  it('says so, and goes on with the same device and the same keys', async () => {
    const own = await signedIn();
    const before = await fingerprint(own);
    // Told once, at whatever is asked next; a long poll would take its time.
    await until(async () => {
      own.session.reconnect();
      return own.host.of('state').some(({ connection }) => connection === 'needs-login');
    }, { timeoutMs: 20_000, intervalMs: 500, label: 'the session ran out' });
    expect(own.host.of('state').at(-1)?.fault?.code).toBe('session-expired');

    const login = await again(own);
    expect(login.settings['deviceId']).toBe(own.login.settings['deviceId']);
    for (const [secret, value] of Object.entries(login.secrets)) own.host.secretValues.set(secret, value);
    const renewed = await own.restart();
    await renewed.session.start();
    await renewed.host.waitFor('state', ({ connection }) => connection === 'online');
    expect(await fingerprint(renewed)).toBe(before);
    await renewed.stop();
  });

  it('tells a wrong password from the right one, and keeps what it has', async () => {
    const own = await signedIn();
    await expect(again(own, 'wrong')).rejects.toMatchObject({ fault: { code: 'wrong-password' } });
    expect(own.host.secretValues.get('cryptoKey')).toEqual(expect.any(String));
    await own.stop();
  });

  it('can be taken up again by any way that the server has', async () => {
    const own = await signedIn();
    await own.session.stop();
    const dialog = await matrixBridge.signInOnWeb?.('', never, { account: own.account, secrets: own.host.secrets });
    expect(dialog?.first).toMatchObject({ form: { fields: [{ name: 'user', values: [`@${name}:localhost`] }, { name: 'password' }] } });
    await dialog?.answer('complete', { user: [`@${name}:localhost`], password: ['a secret'] }, never);
    const login = await matrixBridge.login(dialog?.result()?.flowId ?? '', dialog?.result()?.values ?? {}, never);
    expect(login.settings['deviceId']).toBe(own.login.settings['deviceId']);
    expect(login.secrets['cryptoKey']).toBe(own.host.secretValues.get('cryptoKey'));
    dialog?.kept?.();
    await dialog?.close();
    own.host.dispose();
  });
});

describe('a session that was ended for good', () => {
  it('says what that means, and leads to a new device', async () => {
    const own = await signedIn();
    const headers = { authorization: `Bearer ${own.host.secretValues.get('accessToken') ?? ''}` };
    expect((await fetch(`${synapse.baseUrl}/_matrix/client/v3/logout`, { method: 'POST', headers })).status).toBe(200);
    const state = await own.host.waitFor('state', ({ connection }) => connection === 'needs-login');
    expect(state.fault?.code).toBe('device-removed');
    const login = await again(own);
    expect(login.settings['deviceId']).not.toBe(own.login.settings['deviceId']);
    // The keys of a device that is gone open nothing any more.
    expect(login.secrets['cryptoKey']).toBeUndefined();
    await own.stop();
  });
});
