/** The whole session with its worker against a server that lies, breaks and forgets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeSession } from '#bridge';
import { accountId, remoteConversationId, remoteMessageId, transactionId } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { createFakeHost, type FakeHost } from '../../kit/fake-host.ts';
import { until } from '../../kit/until.ts';
import { startFakeHomeserver, type FakeHomeserver } from './fake-homeserver.ts';

const roomId = '!room:example.org';
const bob = '@bob:example.org';

const open = (server: FakeHomeserver, secrets: Readonly<Record<string, string>> = { accessToken: 'secret-token' }): { session: BridgeSession; host: FakeHost } => {
  const host = createFakeHost({ secrets });
  const settings = { baseUrl: server.baseUrl, userId: '@alice:example.org', deviceId: 'DEV' };
  const session = matrixBridge.open({ id: accountId(1), address: '@alice:example.org', displayName: null, settings }, null, host);
  onTestFinished(async () => {
    await session.stop();
    host.dispose();
  });
  return { session, host };
};

const message = (eventId: string, body: string, more: object = {}): unknown => ({
  event_id: eventId,
  type: 'm.room.message',
  sender: bob,
  origin_server_ts: Date.now(),
  content: { msgtype: 'm.text', body },
  ...more,
});

const sync = (batch: string, timeline: readonly unknown[], more: object = {}): unknown => ({
  next_batch: batch,
  rooms: { join: { [roomId]: { timeline: { events: timeline }, ...more } } },
});

const online = (host: FakeHost) => host.waitFor('state', (event) => event.connection === 'online');

const out = (text: string, transaction: string) => ({
  conversationId: remoteConversationId(roomId),
  transactionId: transactionId(transaction),
  text,
  writtenAtMs: Date.now(),
});

describe('a hostile server', () => {
  it('does not stop the sync: what is good in a response arrives, and the next one too', async () => {
    const golden = readFileSync(new URL('../../golden/matrix/cases/hostile.json', import.meta.url), 'utf8');
    const { steps } = JSON.parse(golden) as { steps: { response: unknown }[] };
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    for (const step of steps) server.sync(step.response);
    await session.start();
    await host.waitFor('message.upserted', (event) => event.message.text === 'the rest goes on');
    server.sync(sync('s9', [message('$after', 'after the storm')]));
    await host.waitFor('message.upserted', (event) => event.message.text === 'after the storm');
    await online(host);
  });

  it('may send a megabyte of text', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    server.sync(sync('s1', [message('$big', 'x'.repeat(1_000_000)), message('$next', 'next')]));
    await session.start();
    const big = await host.waitFor('message.upserted', (event) => event.message.remoteId === '$big');
    expect(big.message.text.length).toBeLessThan(100_010);
    await host.waitFor('message.upserted', (event) => event.message.text === 'next');
  });

  it('does not pollute prototypes with its keys', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    const body = '{"next_batch":"s1","__proto__":{"polluted":1},"rooms":{"__proto__":{"polluted":1},"join":{"__proto__":{"timeline":{"events":[]}}}},"account_data":{"events":[{"type":"__proto__","content":{"polluted":1}},{"type":"m.direct","content":{"__proto__":["!x:y"]}}]}}';
    server.on('GET /_matrix/client/v3/sync', ({ query }) => ({ body: query.has('since') ? '{"next_batch":"s1"}' : body }));
    await session.start();
    await online(host);
    expect({}).not.toHaveProperty('polluted');
    expect(host.of('conversation.upserted')).toEqual([]);
  });
});

describe('the session', () => {
  it('without a token asks for a login and connects nothing', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server, {});
    await session.start();
    expect(host.of('state')).toEqual([{ type: 'state', connection: 'needs-login', fault: { code: 'signed-out' } }]);
    expect(server.requests).toEqual([]);
  });

  it.each([
    [401, { errcode: 'M_UNKNOWN_TOKEN' }, 'device-removed'],
    [401, { errcode: 'M_UNKNOWN_TOKEN', soft_logout: false }, 'device-removed'],
    [401, { errcode: 'M_UNKNOWN_TOKEN', soft_logout: true }, 'session-expired'],
    [403, { errcode: 'M_USER_DEACTIVATED' }, 'account-disabled'],
  ])('refused with %i %j needs a login: %s', async (status, body, code) => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    server.on('GET /_matrix/client/v3/sync', { status, body });
    await session.start();
    const state = await host.waitFor('state', (event) => event.connection === 'needs-login');
    expect(state.fault?.code).toBe(code);
  });

  it('keeps renewed tokens where secrets belong', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server, { accessToken: 'expired', refreshToken: 'renew-me' });
    server.on('GET /_matrix/client/v3/sync', ({ token }) =>
      token === 'Bearer fresh' ? { body: { next_batch: 's1' } } : { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN', soft_logout: true } },
    );
    server.on('POST /_matrix/client/v3/refresh', { body: { access_token: 'fresh', refresh_token: 'renew-next' } });
    await session.start();
    await online(host);
    expect(Object.fromEntries(host.secretValues)).toMatchObject({ accessToken: 'fresh', refreshToken: 'renew-next' });
  });

  it('does not send before it has caught up: the room may have become encrypted meanwhile', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    const gate = Promise.withResolvers<void>();
    server.on('GET /_matrix/client/v3/sync', async ({ query }) => {
      if (!query.has('since')) await gate.promise;
      const encryption = { event_id: '$enc', type: 'm.room.encryption', sender: bob, state_key: '', content: { algorithm: 'x' } };
      return { body: query.has('since') ? { next_batch: 's1' } : sync('s1', [], { state: { events: [encryption] } }) };
    });
    await session.start();
    await host.waitFor('state', (event) => event.connection === 'connecting');
    await expect(session.send(out('too early', 'txn-1'))).rejects.toMatchObject({ fault: { code: 'offline' } });
    gate.resolve();
    await online(host);
    await expect(session.send(out('in clear', 'txn-1'))).rejects.toMatchObject({ fault: { code: 'encrypted-conversation' } });
    const target = { conversationId: remoteConversationId(roomId), remoteId: remoteMessageId('$x') };
    await expect(session.edits?.edit(target, 'in clear', 'e1')).rejects.toThrow();
    expect(server.requests.filter(({ path }) => path.includes('/send/'))).toEqual([]);
    expect(server.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/send/'))).toEqual([]);
  });

  it('tries at once when told to, even where a poll hangs on a dead connection', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    let pollCount = 0;
    server.on('GET /_matrix/client/v3/sync', async ({ query }) => {
      pollCount += 1;
      // The second one never ends, as after a night's sleep of the computer; then there is nothing more to tell.
      if (pollCount === 2 || pollCount > 3) await new Promise(() => undefined);
      if (pollCount === 3) return { body: sync('s2', [message('$1', 'good morning')]) };
      return { body: { next_batch: query.get('since') ?? 's1' } };
    });
    await session.start();
    await until(() => pollCount === 2);
    session.reconnect();
    await host.waitFor('message.upserted', (event) => event.message.text === 'good morning', 10_000);
    await online(host);
  });

  it('says why there is no connection', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open({ ...server, baseUrl: 'http://127.0.0.1:9' });
    await session.start();
    const state = await host.waitFor('state', (event) => event.connection === 'offline');
    expect(state.fault).toMatchObject({ code: 'server-unreachable', server: '127.0.0.1:9' });
  });

  it('keeps silent about spaces, and about rooms it never told of', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    const create = { event_id: '$c', type: 'm.room.create', sender: bob, state_key: '', content: { type: 'm.space' } };
    const left = { '!left:example.org': { timeline: { events: [message('$2', 'gone by')] } } };
    const space = { [roomId]: { state: { events: [create] }, timeline: { events: [message('$1', 'in a space')] }, unread_notifications: { notification_count: 4 } } };
    server.sync({ next_batch: 's1', rooms: { join: space, leave: left } });
    await session.start();
    await online(host);
    expect(host.events.filter((event) => !['state', 'person.upserted', 'folders.replaced'].includes(event.type))).toEqual([]);
  });

  it('answers a transaction it has seen without asking again', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    const echo = message('$echo', 'mine', { sender: '@alice:example.org', unsigned: { transaction_id: 'txn-7' } });
    server.sync(sync('s1', [echo]));
    await session.start();
    await online(host);
    expect(await session.send(out('mine', 'txn-7'))).toMatchObject({ remoteId: '$echo' });
    expect(server.requests.some(({ method }) => method === 'PUT')).toBe(false);
  });

  it('takes nothing more from the server while the engine cannot store, and starts again', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    server.sync(sync('s1', [message('$1', 'on a full disk')]));
    await session.start();
    await online(host);
    host.failNext(new Error('database or disk is full'));
    server.sync(sync('s2', [message('$2', 'refused at first')]));
    const state = await host.waitFor('state', (event) => event.connection === 'offline');
    expect(state.fault?.detail).toContain('full');
    await host.waitFor('message.upserted', (event) => event.message.text === 'refused at first');
    expect(host.of('message.upserted').filter((event) => event.message.text === 'refused at first')).toHaveLength(1);
  });

  it('emits nothing after stop, and says it again after the next start', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    await session.start();
    await online(host);
    host.hold();
    server.sync(sync('s1', [message('$1', 'in the air')]));
    await until(() => server.requests.some(({ query }) => query.get('since') === 's1'));
    const stopping = session.stop();
    host.release();
    await stopping;
    const count = host.events.length;
    server.sync(sync('s2', [message('$2', 'too late')]));
    expect(host.events).toHaveLength(count);
    await expect(session.send(out('x', 'txn-x'))).rejects.toMatchObject({ fault: { code: 'offline' } });

    const settings = { baseUrl: server.baseUrl, userId: '@alice:example.org', deviceId: 'DEV' };
    const nextHost = createFakeHost({ secrets: Object.fromEntries(host.secretValues), dataDir: host.dataDir });
    const next = matrixBridge.open({ id: accountId(1), address: '', displayName: null, settings }, host.savedState, nextHost);
    onTestFinished(() => next.stop());
    await next.start();
    await nextHost.waitFor('message.upserted', (event) => event.message.text === 'too late');
    const told = [...host.of('message.upserted'), ...nextHost.of('message.upserted')].map((event) => event.message.text);
    expect(told).toEqual(['in the air', 'too late']);
  });

  it('prints nothing and logs no text', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    server.sync(sync('s1', [message('$1', 'words of a person'), null, 7]));
    await session.start();
    await online(host);
    expect(host.logLines.join()).not.toContain('words');
    expect(host.logLines.join()).not.toContain('secret-token');
    expect(host.logLines.join()).toContain('unreadable events passed over');
    expect(readFileSync(join(host.dataDir, 'matrix.sqlite')).includes('secret-token')).toBe(false);
  });
});
