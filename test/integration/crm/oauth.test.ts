/** Signing in to a CRM by OAuth: the way there and back, and how tokens stay good through every kind of trouble. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionId, ConversationId } from '#rpc';
import type { OAuthManifest } from '../../../electron/engine/crm/connector.ts';
import { createSignInDesk } from '../../../electron/engine/crm/oauth/sign-in-desk.ts';
import { filesContaining } from '../../kit/files-containing.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { OAuthLabServer, type OAuthServerRules } from '../../lab/crm/oauth-server.ts';
import type { MemoryCrm } from '../../unit/crm/memory-crm.ts';
import { createOAuthCrm } from './support/oauth-crm.ts';
import { openPushWorld, type PushWorld } from './support/push-world.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const secret = 'client-secret-canary';

interface Scene {
  readonly server: OAuthLabServer;
  readonly crm: MemoryCrm;
  readonly world: PushWorld;
  readonly profileDir: string;
  readonly clock: { skewMs: number };
  readonly values: Readonly<Record<string, string>>;
  readonly begin: (connectionId?: ConnectionId) => ReturnType<PushWorld['crm']['beginSignIn']>;
  readonly signIn: (connectionId?: ConnectionId) => Promise<ConnectionId>;
  readonly grantsOf: (type: string) => number;
}

async function scene(rules: Partial<OAuthServerRules> = {}, manifest: Partial<OAuthManifest> = {}): Promise<Scene> {
  const server = await OAuthLabServer.start({
    ...{ clientId: 'palomar', clientSecret: secret, authentication: 'post', grant: 'authorization-code', scope: 'crm.read crm.write' },
    ...rules,
  });
  ends.push(() => server.http.kill());
  const crm = createOAuthCrm(manifest);
  const profileDir = tempFolder('oauth');
  const clock = { skewMs: 0 };
  const world = openPushWorld({ profileDir, connectors: [crm.connector], nowMs: () => Date.now() + clock.skewMs });
  ends.push(() => world.stop());
  const values = { url: server.baseUrl, clientId: 'palomar', clientSecret: secret };
  const begin: Scene['begin'] = (connectionId) =>
    world.crm.beginSignIn({ connectionId: connectionId ?? null, connectorId: 'oauth-crm', name: 'Sales', values: connectionId === undefined ? values : {} });
  const signIn: Scene['signIn'] = async (connectionId) => {
    const { id, link } = await begin(connectionId);
    const [answer, page] = await Promise.all([world.crm.finishSignIn({ id }), fetch(server.agree(link))]);
    expect(page.status).toBe(200);
    return answer.connection.id;
  };
  return { server, crm, world, profileDir, clock, values, begin, signIn, grantsOf: (type) => server.tokenRequests.filter((one) => one.get('grant_type') === type).length };
}

const talk = (world: PushWorld, text = 'hola'): ConversationId => {
  const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
  world.addMessage(conversation, { text });
  return conversation;
};

/** Tokens are made, and nobody hears of them. */
const killAtNextAnswer = (server: OAuthLabServer): void => {
  server.beforeAnswer = async () => {
    server.beforeAnswer = async () => {};
    await server.http.kill();
  };
};

describe('signing in', () => {
  it('goes to the page and back, knows who it is, and leaves no token in clear on the disk', async () => {
    const { server, world, profileDir, signIn, crm } = await scene();
    const connection = await signIn();
    expect(world.crm.connections()).toMatchObject([{ id: connection, state: 'ready', name: 'Sales' }]);
    expect(await world.crm.probe({ id: connection })).toMatchObject({ isUsable: true, signedInAs: 'jordi@palomar.example' });
    await world.pushAll(talk(world), connection);
    expect(crm.notes).toHaveLength(1);
    const tokens = [...server.tokensGiven];
    expect(tokens.length).toBeGreaterThan(1);
    expect(filesContaining(profileDir, [secret, ...tokens])).toEqual([]);
    expect(server.http.violations).toEqual([]);
  });

  it.each(['basic', 'post', 'none'] as const)('says who the program is by %s', async (authentication) => {
    const { server, signIn } = await scene({ authentication }, { clientAuthentication: authentication });
    await signIn();
    expect(server.http.violations).toEqual([]);
  });

  it('leaves PKCE out where the product refuses it', async () => {
    const { server, signIn } = await scene({ hasPkce: false }, { isWithoutPkce: true });
    await signIn();
    expect(server.tokenRequests[0]?.has('code_verifier')).toBe(false);
    expect(server.http.violations).toEqual([]);
  });

  it('takes no answer with another state, and goes on waiting for its own', async () => {
    const { server, world, begin } = await scene();
    const { id, link } = await begin();
    const done = world.crm.finishSignIn({ id });
    const foreign = new URL(server.agree(link));
    foreign.searchParams.set('state', 'x'.repeat(43));
    expect((await fetch(foreign)).status).toBe(400);
    expect(server.tokenRequests).toEqual([]);
    expect((await fetch(server.agree(link))).status).toBe(200);
    expect((await done).connection.state).toBe('ready');
  });

  it('sends no code of a foreign issuer anywhere', async () => {
    const { server, world, begin } = await scene();
    const { id, link } = await begin();
    const done = expect(world.crm.finishSignIn({ id })).rejects.toMatchObject({ rpcError: { code: 'sign-in-unsafe' } });
    await fetch(server.agree(link, { iss: 'https://elsewhere.example' }));
    await done;
    expect(server.tokenRequests).toEqual([]);
    expect(world.crm.connections()).toEqual([]);
  });

  it('takes the issuer that it went to, by whatever path it names itself', async () => {
    const { server, world, begin } = await scene();
    const { id, link } = await begin();
    const done = world.crm.finishSignIn({ id });
    await fetch(server.agree(link, { iss: `${server.baseUrl}/tenant` }));
    expect((await done).connection.state).toBe('ready');
  });

  it('uses a code once, though the browser brings it twice', async () => {
    const { server, world, begin, grantsOf } = await scene();
    const { id, link } = await begin();
    const back = server.agree(link);
    const done = world.crm.finishSignIn({ id });
    const pages = await Promise.all([fetch(back), fetch(back).catch(() => null)]);
    expect(pages.filter((page) => page?.status === 200)).toHaveLength(1);
    expect((await done).connection.state).toBe('ready');
    expect(grantsOf('authorization_code')).toBe(1);
  });

  it('says it when the person declines, and when it is given up', async () => {
    const { server, world, begin } = await scene();
    const first = await begin();
    const declined = expect(world.crm.finishSignIn({ id: first.id })).rejects.toMatchObject({ rpcError: { code: 'sign-in-declined' } });
    await fetch(server.decline(first.link));
    await declined;
    const second = await begin();
    const cancelled = expect(world.crm.finishSignIn({ id: second.id })).rejects.toMatchObject({ rpcError: { code: 'cancelled' } });
    world.crm.cancelSignIn({ id: second.id });
    await cancelled;
    await expect(fetch(server.agree(second.link))).rejects.toThrow();
    expect(world.crm.connections()).toEqual([]);
  });

  it('begins nowhere that is open to others', async () => {
    const { world, values } = await scene();
    const begin = (url: string) => world.crm.beginSignIn({ connectionId: null, connectorId: 'oauth-crm', name: 'x', values: { ...values, url } });
    await expect(begin('http://crm.example')).rejects.toMatchObject({ rpcError: { code: 'no-encryption' } });
    await expect(begin('https://169.254.169.254')).rejects.toMatchObject({ rpcError: { code: 'rejected' } });
  });
});

describe('the one port of the way back', () => {
  const desk = async () => {
    const { connector } = createOAuthCrm();
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const prepare = async ({ values }: { readonly values: Readonly<Record<string, string>> }) => ({ connector, values, target: { name: 'x' }, shared: null, isElsewhere: false });
    const signIns = createSignInDesk({ prepare, settle: () => Promise.reject(new Error('not asked')) }, { nowMs: Date.now, port });
    ends.push(async () => signIns.stop());
    const begin = (url: string) => signIns.beginSignIn({ connectionId: null, connectorId: 'oauth-crm', name: 'x', values: { url, clientId: 'palomar' } });
    return { begin, port };
  };

  it('is free again after an address that was refused, and after a sign-in that was begun anew', async () => {
    const { begin, port } = await desk();
    await expect(begin('http://crm.example')).rejects.toMatchObject({ rpcError: { code: 'no-encryption' } });
    for (const url of ['https://crm.example', 'https://crm.example']) {
      const { link } = await begin(url);
      expect(new URL(link).searchParams.get('redirect_uri')).toBe(`http://localhost:${port}/crm/signed-in`);
    }
  });

  it('is named when another program has it', async () => {
    const { begin, port } = await desk();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    await expect(begin('https://crm.example')).rejects.toMatchObject({ rpcError: { code: 'sign-in-port-taken', detail: String(port) } });
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('keeping tokens good', () => {
  it('renews once for two calls at once, and both go on', async () => {
    const { server, world, signIn, grantsOf } = await scene();
    const connection = await signIn();
    server.expireAccess();
    const answers = await Promise.all([world.crm.probe({ id: connection }), world.crm.probe({ id: connection })]);
    expect(answers.map(({ isUsable }) => isUsable)).toEqual([true, true]);
    expect(grantsOf('refresh_token')).toBe(1);
  });

  it('renews before the time is over, without being refused first', async () => {
    const { world, signIn, clock, grantsOf } = await scene();
    const connection = await signIn();
    await world.crm.probe({ id: connection });
    expect(grantsOf('refresh_token')).toBe(0);
    clock.skewMs = 3_590_000;
    await world.crm.probe({ id: connection });
    expect(grantsOf('refresh_token')).toBe(1);
  });

  it('lives on tokens of two seconds', async () => {
    const { world, crm, signIn, clock } = await scene({ lifetimeSeconds: 2 });
    const connection = await signIn();
    const conversation = talk(world);
    await world.pushAll(conversation, connection);
    clock.skewMs += 1_500;
    world.addMessage(conversation, { text: 'otra' });
    expect((await world.pushAll(conversation, connection)).state).toBe('done');
    expect(crm.notes).toHaveLength(2);
  });

  it.each(['graceful', 'none'] as const)('survives an answer that was lost on the way (%s)', async (rotation) => {
    const { server, world, signIn } = await scene({ rotation });
    const connection = await signIn();
    server.expireAccess();
    killAtNextAnswer(server);
    await expect(world.crm.probe({ id: connection })).rejects.toMatchObject({ rpcError: { code: expect.stringMatching(/^(offline|server-unreachable)$/) } });
    await server.http.restart();
    expect(await world.crm.probe({ id: connection })).toMatchObject({ isUsable: true });
    expect(world.crm.connections()[0]).toMatchObject({ state: 'ready' });
  });

  it.each([
    ['before the new tokens were on the disk', true],
    ['right after they were', false],
  ])('survives a kill %s', async (_, isBefore) => {
    const { server, crm, world, profileDir, signIn } = await scene({ rotation: 'graceful' });
    const connection = await signIn();
    const sealed = (db: PushWorld['db']): Buffer => db.prepare(`SELECT sealed FROM secrets WHERE name = 'oauth'`).pluck().get() as Buffer;
    const old = sealed(world.db);
    server.expireAccess();
    server.refusesAll = true;
    await expect(world.crm.probe({ id: connection })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
    expect(sealed(world.db).equals(old)).toBe(false);
    // What a kill leaves behind that comes before the write.
    if (isBefore) world.db.prepare(`UPDATE secrets SET sealed = ? WHERE name = 'oauth'`).run(old);
    await world.stop();
    ends.pop();
    server.refusesAll = false;
    const again = openPushWorld({ profileDir, connectors: [crm.connector] });
    ends.push(() => again.stop());
    expect(await again.crm.probe({ id: connection })).toMatchObject({ isUsable: true });
  });

  it('has the new refresh token on the disk before the new access token is used', async () => {
    const { server, world, signIn } = await scene({ rotation: 'strict' });
    const connection = await signIn();
    const read = (): string => JSON.stringify(world.db.prepare(`SELECT hex(sealed) AS sealed FROM secrets WHERE name = 'oauth'`).get());
    const before = read();
    let atUse = before;
    server.onCall = () => (atUse = read());
    server.expireAccess();
    await world.crm.probe({ id: connection });
    expect(atUse).not.toBe(before);
    expect(atUse).toBe(read());
  });

  it('asks to sign in again when the server counts a lost answer as theft, keeps the push, and goes on afterwards', async () => {
    const { server, world, crm, signIn } = await scene({ rotation: 'strict' });
    const connection = await signIn();
    const conversation = talk(world);
    const { planId, suggestedKey } = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    server.expireAccess();
    killAtNextAnswer(server);
    await expect(world.crm.probe({ id: connection })).rejects.toMatchObject({ rpcError: { isRetryable: true } });
    await server.http.restart();
    const push = world.crm.push({ planId, targetKey: suggestedKey ?? '', rememberOneClick: false });
    expect(await world.settled(push.id)).toMatchObject({ state: 'needs-you', fault: { code: 'needs-login' } });
    expect(world.crm.connections()[0]).toMatchObject({ state: 'needs-login' });
    expect(await signIn(connection)).toBe(connection);
    await until(() => world.crm.queue({ limit: 5 })[0]?.state === 'done', { label: 'the push to go on' });
    expect(crm.notes).toHaveLength(1);
    expect(world.crm.connections()).toMatchObject([{ id: connection, state: 'ready', fault: null }]);
  });

  it('asks once more only: a server that refuses every token is not asked for ever', async () => {
    const { server, world, signIn, grantsOf } = await scene({ lifetimeSeconds: 3_600 });
    const connection = await signIn();
    server.refusesAll = true;
    await expect(world.crm.probe({ id: connection })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
    expect(grantsOf('refresh_token')).toBe(1);
  });

  it('shows a token to no other server, though the connection is led there', async () => {
    const { world, signIn, values } = await scene();
    const connection = await signIn();
    const other = await OAuthLabServer.start({ clientId: 'palomar', clientSecret: secret, authentication: 'post', grant: 'authorization-code', scope: 'crm.read crm.write' });
    ends.push(() => other.http.kill());
    await expect(world.crm.renew({ id: connection, values: { ...values, url: other.baseUrl } })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
    expect(other.tokenRequests).toEqual([]);
    await expect(world.crm.renew({ id: connection, values: { url: other.baseUrl } })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
    expect(await world.crm.probe({ id: connection })).toMatchObject({ isUsable: true });
  });

  it('leaves nothing behind of tokens that arrive after the connection was removed', async () => {
    const { server, world, signIn } = await scene();
    const connection = await signIn();
    server.expireAccess();
    const [asked, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    server.beforeAnswer = () => (asked.resolve(), free.promise);
    const late = expect(world.crm.probe({ id: connection })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
    await asked.promise;
    world.crm.disconnect({ id: connection });
    free.resolve();
    await late;
    expect(world.db.prepare(`SELECT count(*) AS count FROM secrets WHERE scope LIKE 'connection:%'`).get()).toEqual({ count: 0 });
  });

  it('forgets the tokens with the connection', async () => {
    const { world, signIn } = await scene();
    const connection = await signIn();
    world.crm.disconnect({ id: connection });
    expect(world.db.prepare(`SELECT count(*) AS count FROM secrets WHERE scope LIKE 'connection:%'`).get()).toEqual({ count: 0 });
  });
});

describe('a program that signs in as itself', () => {
  it('gets its token when it is needed, another one when it is refused, and none in a browser', async () => {
    const { server, world, values, begin, grantsOf } = await scene({ grant: 'client-credentials', authentication: 'basic' }, { grant: 'client-credentials', clientAuthentication: 'basic' });
    await expect(begin()).rejects.toMatchObject({ rpcError: { code: 'not-possible' } });
    const { connection } = await world.crm.connect({ connectorId: 'oauth-crm', name: 'Robot', values });
    server.expireAccess();
    expect(await world.crm.probe({ id: connection.id })).toMatchObject({ isUsable: true });
    expect(grantsOf('client_credentials')).toBeGreaterThan(1);
    expect(server.http.violations).toEqual([]);
    await expect(world.crm.connect({ connectorId: 'oauth-crm', name: 'Robot', values: { ...values, clientSecret: 'wrong' } })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
  });
});
