// needs: synapse tools
// takes: long
/** Servers that fall over, networks that cut, processes that are killed: nothing lost, nothing twice, order kept. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpFaultProxy } from '../../kit/http-fault-proxy.ts';
import { until } from '../../kit/until.ts';
import { outgoing } from './account.ts';
import { killableAccount, type KillableAccount } from './killable-account.ts';
import { bodies, setStage, type Stage } from './stage.ts';

let stage: Stage;
let proxy: HttpFaultProxy;
const killables: KillableAccount[] = [];

const killable = (): KillableAccount => {
  const account = killableAccount(stage.own.login);
  killables.push(account);
  return account;
};

beforeAll(async () => {
  stage = await setStage(async (baseUrl) => {
    proxy = await HttpFaultProxy.start(baseUrl);
    return proxy.baseUrl;
  });
});

afterAll(async () => {
  for (const account of killables) await account.dispose();
  await stage?.stop();
  await proxy?.close();
});

describe('a killed process', () => {
  it('between the request and its answer: one event in the room, told once, under its transaction', async () => {
    const roomId = await stage.room('Killed while sending');
    const account = killable();
    account.start();
    await account.untilOnline();
    proxy.clear();
    proxy.failNext({ kind: 'cut-after-upstream' }, '/send/m.room.message/');
    const message = outgoing(roomId, 'exactly once', 'txn-killed');
    account.send(message);
    await until(() => proxy.requests.some((seen) => seen.outcome === 'cut after upstream'));
    await account.kill();

    account.start();
    await account.untilOnline();
    account.send(message);
    await until(() => account.answers.some((answer) => answer['sent'] === 'txn-killed'));
    expect((await bodies(stage.bob, roomId)).filter((body) => body === 'exactly once')).toHaveLength(1);
    const told = () => account.events().filter((event) => event.type === 'message.upserted' && event.message.text === 'exactly once');
    await until(() => told().length > 0);
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatchObject({ message: { transactionId: 'txn-killed', isOwn: true } });
    await account.kill();
  });

  it('at any moment of receiving: every message told exactly once', async () => {
    const roomId = await stage.room('Killed while receiving');
    const account = killable();
    account.start();
    await account.untilOnline();
    const texts: string[] = [];
    const killCount = 20;
    for (let round = 0; round < killCount; round += 1) {
      // Kills fall anywhere: while connecting, in the middle of a batch, between commit and confirmation.
      const count = 1 + (round % 4);
      for (let index = 0; index < count; index += 1) {
        const text = `round ${String(round)} message ${String(index)}`;
        texts.push(text);
        await stage.bob.send(roomId, text);
      }
      if (round % 3 === 0) {
        const last = texts.at(-1);
        await until(() => account.events().some((event) => event.type === 'message.upserted' && event.message.text === last));
      }
      await account.kill();
      account.start();
      if (round % 2 === 0) await account.untilOnline();
    }
    await account.untilOnline();
    const told = () =>
      account.events().flatMap((event) => (event.type === 'message.upserted' && event.message.conversationId === roomId ? [event.message.text] : []));
    await until(() => told().includes(texts.at(-1)!));
    expect(told()).toEqual(texts);
    await account.kill();
  }, 120_000);
});

describe('an unreachable server', () => {
  it('is a state, and messages given again arrive in order, none twice', async () => {
    const rooms = [await stage.room('First'), await stage.room('Second')];
    const { session, host } = stage.own;
    await session.start();
    await host.waitFor('state', (event) => event.connection === 'online');
    await stage.synapse.kill();
    const messages = Array.from({ length: 6 }, (_, index) => outgoing(rooms[index % 2]!, `queued ${String(index)}`, `txn-queued-${String(index)}`));
    const refusals = await Promise.all(messages.map((message) => session.send(message).then(() => null, (error: unknown) => error)));
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ fault: { code: expect.stringMatching(/^(?:offline|server-unreachable)$/u) } });
    }
    await host.waitFor('state', (event) => event.connection === 'offline', 30_000);
    const onlineCount = host.of('state').filter((event) => event.connection === 'online').length;

    await stage.synapse.restart();
    session.reconnect();
    await until(() => host.of('state').filter((event) => event.connection === 'online').length > onlineCount, { timeoutMs: 30_000 });
    await Promise.all(messages.map((message) => session.send(message)));
    for (const [index, roomId] of rooms.entries()) {
      const expected = messages.filter((_, position) => position % 2 === index).map((message) => message.text);
      expect(await bodies(stage.bob, roomId)).toEqual(expected);
    }
  });

  it('asks us to wait, and we say until when', async () => {
    const roomId = await stage.knownRoom('Hurry');
    const answer = { errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests', retry_after_ms: 7_300 };
    proxy.failNext({ kind: 'answer', status: 429, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }, '/send/m.room.message/');
    const beforeMs = Date.now();
    const [first, second] = await Promise.allSettled([
      stage.own.session.send(outgoing(roomId, 'too fast', 'txn-fast-1')),
      stage.own.session.send(outgoing(roomId, 'behind it', 'txn-fast-2')),
    ]);
    const { fault } = (first as PromiseRejectedResult).reason as { fault: { code: string; retryAtMs: number } };
    expect(fault.code).toBe('rate-limited');
    expect(fault.retryAtMs - beforeMs).toBeGreaterThanOrEqual(7_300);
    expect(fault.retryAtMs - beforeMs).toBeLessThan(9_000);
    // The one behind must not overtake.
    expect(second).toMatchObject({ status: 'rejected', reason: { fault: { code: 'rate-limited' } } });
    expect(await bodies(stage.bob, roomId)).toEqual([]);
  });

  it('that revokes the session ends in needs-login', async () => {
    const { host } = stage.own;
    await stage.aliceElsewhere.call('POST', '/v3/logout/all', {});
    const state = await host.waitFor('state', (event) => event.connection === 'needs-login', 20_000);
    expect(state.fault?.code).toBe('device-removed');
  });
});
