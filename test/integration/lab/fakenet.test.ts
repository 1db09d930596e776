// needs: synapse tools
/** The made-up bridge answers as bridgev2 does, so that what we build on it fits the real ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../kit/until.ts';
import { matrixPeer, startFakenet, startSynapse, type Fakenet, type MatrixPeer, type SynapseServer } from '../../lab/index.ts';

let synapse: SynapseServer;
let fakenet: Fakenet;
let alice: MatrixPeer;

beforeAll(async () => {
  synapse = await startSynapse();
  fakenet = await startFakenet(synapse);
  fakenet.setRoomsOnLogin(false);
  await synapse.register('alice', 'alice-secret');
  alice = await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@alice:localhost', password: 'alice-secret' });
});
afterAll(async () => {
  await fakenet?.stop();
  await synapse?.stop();
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const ask = async (method: string, path: string, body?: unknown, token = alice.accessToken): Promise<Answer> => {
  const url = new URL(`${fakenet.provisioningUrl}/_matrix/provision/v3/${path}`);
  url.searchParams.set('user_id', alice.userId);
  const headers = { ...(token === '' ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const step = (of: Answer, type: string, body?: unknown): Promise<Answer> =>
  ask('POST', `login/step/${String(of.body['login_id'])}/${String(of.body['step_id'])}/${type}?txn_id=${String(of.body['txn_id'])}`, body);

describe('the provisioning API of fakenet', () => {
  it('takes an access token, an OpenID token and the secret, and nothing else', async () => {
    const { access_token: openId } = (await alice.call('POST', `/v3/user/${encodeURIComponent(alice.userId)}/openid/request_token`, {})) as { access_token: string };
    for (const token of [alice.accessToken, `openid:${openId}`, fakenet.secret]) expect((await ask('GET', 'whoami', undefined, token)).status).toBe(200);
    expect(await ask('GET', 'whoami', undefined, '')).toMatchObject({ status: 401, body: { errcode: 'M_MISSING_TOKEN' } });
    expect(await ask('GET', 'whoami', undefined, 'wrong')).toMatchObject({ status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } });
    const { body } = await ask('GET', 'whoami');
    expect(body).not.toHaveProperty('management_room');
  });

  it('repeats a step by its transaction, refuses another one, and forgets a finished login', async () => {
    const first = await ask('POST', 'login/start/password');
    expect(first.body).toMatchObject({ type: 'user_input', user_input: { attachments: null } });
    const second = await step(first, 'user_input', { username: '2fa', password: 'x' });
    expect((await step(first, 'user_input', {})).body).toEqual(second.body);
    const odd = { ...second, body: { ...second.body, txn_id: 'bls_other' } };
    expect(await step(odd, 'user_input', { code: '123456' })).toMatchObject({ status: 500, body: { errcode: 'M_BAD_STATE' } });
    expect((await step(second, 'user_input', { code: '123456' })).body).toMatchObject({ type: 'complete' });
    expect(await step(second, 'user_input', { code: '123456' })).toMatchObject({ status: 404, body: { error: 'Login not found' } });
  });

  it('holds the request that waits for a scan, gives a new code under the same step, and ends it with 410 when cancelled', async () => {
    const shown = await ask('POST', 'login/start/qr');
    const waiting = step(shown, 'display_and_wait');
    const again = step(shown, 'display_and_wait');
    (await fakenet.display(alice.userId)).refresh();
    const renewed = await waiting;
    expect((await again).body).toEqual(renewed.body);
    expect(renewed.body['step_id']).toBe(shown.body['step_id']);
    expect(renewed.body['txn_id']).not.toBe(shown.body['txn_id']);
    const held = step(renewed, 'display_and_wait');
    await fakenet.display(alice.userId);
    await ask('POST', `login/cancel/${String(shown.body['login_id'])}`);
    expect(await held).toMatchObject({ status: 410, body: { errcode: 'FI.MAU.BRIDGE.LOGIN_CANCELLED' } });
    expect(await step(renewed, 'display_and_wait')).toMatchObject({ status: 404 });
  });

  it('answers as a bridge that knows no such flow, path or person', async () => {
    expect(await ask('POST', 'login/start/none')).toMatchObject({ status: 404, body: { error: 'Invalid login flow ID' } });
    expect(await ask('POST', 'search_users', { query: '' })).toMatchObject({ status: 404, body: { errcode: 'M_UNRECOGNIZED' } });
    expect(await ask('GET', 'resolve_identifier/nobody')).toMatchObject({ status: 404 });
  });
});

describe('rooms of fakenet', () => {
  it('have history of yesterday, and tell what became of a message when they are asked to', async () => {
    const portal = await fakenet.portal({ userId: alice.userId, chatId: 'x', name: 'Ann', members: ['ann'], history: ['old'] });
    await alice.join(portal.roomId);
    fakenet.setHabit('delivered');
    await alice.send(portal.roomId, 'hello');
    const statuses = async () => (await alice.messages(portal.roomId)).filter(({ type }) => type === 'com.beeper.message_send_status');
    await until(async () => (await statuses()).length === 2, { label: 'two statuses' });
    const old = (await alice.messages(portal.roomId)).find(({ content }) => content['body'] === 'old');
    expect(Date.now() - (old?.origin_server_ts ?? 0)).toBeGreaterThan(80_000_000);
  });
});
