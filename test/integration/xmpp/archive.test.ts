// needs: prosody tools
// servers: any
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryPage } from '#bridge';
import { until } from '../../kit/until.ts';
import { startXmppServer, type XmppServer } from '../../lab/index.ts';
import { close, goOnline, openAccount, outgoing, register, storedMessages, untilOnline, type TestAccount } from './account.ts';

const total = 5_000;
let server: XmppServer;

beforeAll(async () => {
  server = await startXmppServer();
  await register(server, 'alice', 'bob');
  const alice = await goOnline(server, 'alice');
  await fill(alice, 'bob@xmpp.test', 0, total);
  await close(alice);
});
afterAll(() => server.stop());

describe('the archive', () => {
  it('gives 5,000 messages at the first sync, newest first, at 1,000 a second or faster', async () => {
    const bob = openAccount(server, 'bob');
    const startedAtMs = performance.now();
    const startedCpu = process.cpuUsage();
    await bob.session.start();
    await until(() => storedMessages(bob.host.events).length === total, { timeoutMs: 30_000, intervalMs: 100 });
    const perSecond = total / ((performance.now() - startedAtMs) / 1_000);
    const { user, system } = process.cpuUsage(startedCpu);
    const cpuPerMessageMs = (user + system) / 1_000 / total;
    process.stdout.write(`first sync: ${Math.round(perSecond)} messages/s, ${cpuPerMessageMs.toFixed(2)} ms of CPU each\n`);
    // What we need of a core allows 2,000 a second; how fast it goes beyond that depends on who else uses the machine.
    expect(cpuPerMessageMs).toBeLessThan(0.5);
    expect(perSecond).toBeGreaterThan(200);

    const [first] = bob.host.of('message.upserted');
    expect(Number(first?.message.text)).toBeGreaterThanOrEqual(total - 250);
    expect(first?.origin).toBe('history');
    await close(bob);
  });

  it('goes on where an aborted first sync stopped: no gap, no double', async () => {
    const first = openAccount(server, 'bob');
    const { emit } = first.host;
    const countOf = (): number => first.host.of('message.upserted').length;
    const reached = Promise.withResolvers<void>();
    const emitUntilAborted: typeof emit = async (events, state) => {
      if (countOf() >= 1_000) {
        first.host.hold();
        reached.resolve();
      }
      await emit(events, state);
    };
    Object.assign(first.host, { emit: emitUntilAborted });
    await first.session.start();
    await reached.promise;
    // A page is being stored at this very moment; it is waited for, and none follows.
    Object.assign(first.host, { emit });
    const closed = close(first);
    first.host.release();
    await closed;
    const before = first.host.of('message.upserted').length;
    expect(before).toBeLessThan(total);

    const second = openAccount(server, 'bob', { savedState: first.host.savedState });
    await second.session.start();
    const all = () => [...first.host.events, ...second.host.events];
    await until(() => storedMessages(all()).length >= total, { timeoutMs: 30_000, intervalMs: 100 });
    expect(new Set(storedMessages(all()).map(({ text }) => text)).size).toBe(total);
    expect(storedMessages(all())).toHaveLength(total);
    expect(second.host.of('message.upserted').length).toBeLessThanOrEqual(total - before + 250);
    await close(second);
  });

  it('fetches what was written during an absence, as missed messages, and only that', async () => {
    const first = await goOnline(server, 'bob');
    await until(() => storedMessages(first.host.events).length >= total, { timeoutMs: 30_000, intervalMs: 100 });
    await close(first);

    const alice = await goOnline(server, 'alice');
    await fill(alice, 'bob@xmpp.test', total, total + 700);
    await close(alice);

    const second = openAccount(server, 'bob', { savedState: first.host.savedState });
    await second.session.start();
    await untilOnline(second);
    const missed = second.host.of('message.upserted');
    const texts = missed.map(({ message }) => Number(message.text));
    expect(new Set(texts)).toEqual(new Set(Array.from({ length: 700 }, (_, index) => total + index)));
    expect(missed.every(({ origin }) => origin === 'catchup')).toBe(true);
    await close(second);
  });

  it('pages back through one conversation', async () => {
    const bob = await goOnline(server, 'bob', { environment: { firstSyncLimit: 250, timings: {} } });
    const known = bob.host.of('message.upserted').at(0)?.message;
    expect(known).toBeDefined();
    if (known === undefined) return;
    const seen = new Set<string>();
    let cursor: string | null = null;
    for (let page = 0; page < 3; page += 1) {
      const before = bob.host.of('message.upserted').length;
      const result: HistoryPage | undefined = await bob.session.history?.loadOlder(known.conversationId, cursor, known, 50);
      expect(result).toMatchObject({ messageCount: 50, hasMore: true });
      for (const { message, origin } of bob.host.of('message.upserted').slice(before)) {
        expect(origin).toBe('history');
        seen.add(message.text);
      }
      cursor = result?.cursor ?? null;
    }
    const oldest = Number(known.text);
    expect(seen).toEqual(new Set(Array.from({ length: 150 }, (_, index) => String(oldest - 150 + index))));
    await close(bob);
  });
});

/** Sends numbered messages as fast as the server takes them. */
async function fill(from: TestAccount, to: string, start: number, end: number): Promise<void> {
  for (let next = start; next < end; next += 200) {
    const numbers = Array.from({ length: Math.min(200, end - next) }, (_, index) => next + index);
    await Promise.all(numbers.map((number) => from.session.send(outgoing(to, randomUUID(), String(number)))));
  }
}
