// needs: prosody tools
// servers: any
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChaosProxy } from '../../kit/chaos-proxy.ts';
import { until } from '../../kit/until.ts';
import { startXmppServer, type XmppServer } from '../../lab/index.ts';
import {
  close,
  goOnline,
  openAccount,
  outgoing,
  register,
  sendInOrder,
  sendWhileCutting,
  storedMessages,
  untilOnline,
  type TestAccount,
} from './account.ts';

let server: XmppServer;
let proxy: ChaosProxy;
let run = 0;

beforeAll(async () => {
  server = await startXmppServer();
});
afterAll(() => server.stop());

/** Every test has accounts of its own, so that none reads what another left in the archive. */
let sender: string;
let receiver: string;
beforeEach(async () => {
  run += 1;
  sender = `sender${run}`;
  receiver = `receiver${run}`;
  await register(server, sender, receiver);
  proxy = await ChaosProxy.start({ targetPort: server.c2sPort });
});
afterEach(() => proxy.close());

const numbered = (count: number): { id: string; text: string }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `tx-${run}-${index}`, text: `body ${index}` }));

const texts = (account: TestAccount): string[] => storedMessages(account.host.events).map(({ text }) => text);

/** Cuts every connection again and again until stopped. */
function keepCutting(everyMs: number): { stop(): void; count(): number } {
  let cuts = 0;
  const timer = setInterval(() => {
    cuts += proxy.openConnectionCount > 0 ? 1 : 0;
    proxy.reset();
  }, everyMs);
  return { stop: () => clearInterval(timer), count: () => cuts };
}

describe('a bad network', () => {
  it('loses and doubles nothing when the sender is cut off again and again', async () => {
    const bob = await goOnline(server, receiver);
    const alice = await goOnline(server, sender, { port: proxy.port });
    const messages = numbered(1_000);
    const cuts = await sendWhileCutting(alice, bob.jid, messages, { proxy, every: 100 });
    expect(cuts).toBeGreaterThanOrEqual(15);
    await until(() => texts(bob).length >= messages.length, { timeoutMs: 20_000 });
    // In order, and on the wire too, not only after folding.
    expect(bob.host.of('message.upserted').map((event) => event.message.text)).toEqual(messages.map(({ text }) => text));
    await close(alice);
    await close(bob);
  });

  it('loses and doubles nothing when the receiver is cut off, and counts like the server', async () => {
    const alice = await goOnline(server, sender);
    const bob = await goOnline(server, receiver, { port: proxy.port });
    const messages = numbered(300);
    const cuts = await sendWhileCutting(alice, bob.jid, messages, { proxy, every: 50 });
    expect(cuts).toBeGreaterThanOrEqual(9);
    await until(() => texts(bob).length >= messages.length, { timeoutMs: 20_000 });
    // Had our count been too low, the server would have sent some of them again.
    expect(bob.host.of('message.upserted').map((event) => event.message.text)).toEqual(messages.map(({ text }) => text));
    await close(alice);
    await close(bob);
  });

  it('survives being cut off five times at the very moment of resuming', async () => {
    const bob = await goOnline(server, receiver);
    const alice = await goOnline(server, sender, { port: proxy.port });
    const messages = numbered(60);
    // The server takes nothing more, so all 60 stay unacknowledged.
    proxy.isDropping.up = true;
    const sent = messages.map(({ id, text }) => alice.session.send(outgoing(bob.jid, id, text)));
    for (let cut = 0; cut < 5; cut += 1) {
      const before = alice.host.logLines.filter((line) => line.includes('"resumed"')).length;
      proxy.reset();
      proxy.heal();
      const isResumed = (): boolean => alice.host.logLines.filter((line) => line.includes('"resumed"')).length > before;
      await until(isResumed, { timeoutMs: 10_000, intervalMs: 1 });
      if (cut < 4) proxy.reset();
    }
    await Promise.all(sent);
    await until(() => texts(bob).length >= messages.length);
    expect(bob.host.of('message.upserted').map((event) => event.message.text)).toEqual(messages.map(({ text }) => text));
    await close(alice);
    await close(bob);
  });

  it('loses nothing when the server is killed and comes back', async () => {
    const bob = await goOnline(server, receiver);
    const alice = await goOnline(server, sender);
    const messages = numbered(600);
    const sending = sendInOrder(alice, bob.jid, messages);
    await until(() => texts(bob).length > 150);
    await server.kill();
    await server.restart();
    await sending;
    await until(() => new Set(texts(bob)).size >= messages.length, { timeoutMs: 30_000 });
    expect(texts(bob)).toHaveLength(messages.length);
    expect(new Set(texts(bob)).size).toBe(messages.length);
    await close(alice);
    await close(bob);
  });

  it('sends nothing readable before the connection is encrypted', async () => {
    const alice = await goOnline(server, sender, { port: proxy.port });
    const cutting = keepCutting(150);
    const secret = 'a body nobody may read';
    const messages = numbered(30).map(({ id }) => ({ id, text: secret }));
    const sending = sendInOrder(alice, `${receiver}@${server.domain}`, messages);
    await until(() => cutting.count() >= 6, { timeoutMs: 20_000 });
    cutting.stop();
    await sending;
    const wire = proxy.captured('up').toString('latin1');
    expect(wire).toContain('<starttls');
    for (const word of ['<body', '<message', '<iq', '<auth', '<presence', receiver, sender, secret]) {
      expect(wire).not.toContain(word);
    }
    await close(alice);
  });

  it('notices a half-open connection, and is back when the network is', async () => {
    const timings = { backoffLeastMs: 100, backoffMostMs: 500, silenceMs: 1_000, answerMs: 1_000 };
    const alice = await goOnline(server, sender, { port: proxy.port, environment: { timings } });
    proxy.blackhole();
    await until(() => alice.host.of('state').at(-1)?.connection !== 'online', { timeoutMs: 4_000 });
    proxy.reset();
    proxy.heal();
    await untilOnline(alice, 10_000);
    await close(alice);
  });

  it('delivers every byte of difficult text, however the network cuts it', async () => {
    const bob = await goOnline(server, receiver, { port: proxy.port });
    const alice = await goOnline(server, sender);
    proxy.chunkBytes = 1;
    const piece = '漢字👩‍👩‍👧‍👦مرحبا\u200f שלום é\u0301𝒳';
    const text = piece.repeat(Math.ceil(60_000 / Buffer.byteLength(piece)));
    await alice.session.send(outgoing(bob.jid, 'difficult', text));
    await until(() => texts(bob).length === 1, { timeoutMs: 60_000 });
    expect(texts(bob)[0] === text).toBe(true);
    proxy.heal();

    await alice.session.send(outgoing(bob.jid, 'forbidden', 'a\u0000b\u0008c\ud800d\ufffe e'));
    await until(() => texts(bob).length === 2);
    expect(texts(bob)[1]).toBe('a\ufffdb\ufffdc\ufffdd\ufffd e');
    expect(alice.host.of('state').filter(({ connection }) => connection === 'offline')).toHaveLength(0);
    await close(alice);
    await close(bob);
  });
});

describe('a killed program', () => {
  it('delivers once what it had not finished, and resumes its session', async () => {
    const bob = await goOnline(server, receiver);
    const first = await goOnline(server, sender, { port: proxy.port });
    const messages = numbered(50);
    proxy.isDropping.down = true;
    for (const { id, text } of messages) first.session.send(outgoing(bob.jid, id, text)).catch(() => undefined);
    // What is saved at this moment is all that the next process will know.
    await until(() => proxy.byteCount('up') > 0 && JSON.stringify(first.host.savedState).includes(messages.at(-1)?.id ?? '-'));
    const savedState = structuredClone(first.host.savedState);
    proxy.reset();
    proxy.isRefusing = true;

    const second = openAccount(server, sender, { savedState });
    await second.session.start();
    await untilOnline(second);
    expect(second.host.logLines.some((line) => line.includes('"resumed"'))).toBe(true);
    await Promise.all(messages.map(({ id, text }) => second.session.send(outgoing(bob.jid, id, text))));
    await until(() => texts(bob).length >= messages.length);
    expect(bob.host.of('message.upserted').map((event) => event.message.text).sort()).toEqual(messages.map(({ text }) => text).sort());
    await close(second);
    await close(first);
    await close(bob);
  });
});
