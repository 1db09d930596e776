import { describe, expect, it } from 'vitest';
import { BridgeError } from '#bridge';
import { AcknowledgementError, StreamManagement } from '../../../bridges/xmpp/extensions/0198-stream-management.ts';
import { InboundQueue } from '../../../bridges/xmpp/stream/inbound-queue.ts';
import { IqTracker } from '../../../bridges/xmpp/stream/iq-tracker.ts';
import { OutgoingQueue } from '../../../bridges/xmpp/stream/outgoing-queue.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { until } from '../../kit/until.ts';

const stanza = (transactionId: string | null) => ({ xml: `<${transactionId ?? 'passing'}/>`, transactionId });

describe('stream management', () => {
  it('counts modulo 2^32', () => {
    const management = new StreamManagement({ id: 's', inbound: 2 ** 32 - 1, outbound: 2 ** 32 - 1, unacked: [stanza('a'), stanza('b')] });
    management.handled(2);
    expect(management.inbound).toBe(1);
    expect(management.acknowledge(0).map(({ transactionId }) => transactionId)).toEqual(['a']);
    expect(management.acknowledge(1).map(({ transactionId }) => transactionId)).toEqual(['b']);
  });

  it('tells the server of no stanza that a killed process would not know of', () => {
    const management = new StreamManagement(null);
    management.begin('s');
    management.handled(3);
    expect(management.acknowledgeable).toBe(0);
    const written = management.snapshot(0, []);
    management.handled(1);
    management.saved(written);
    expect(management.acknowledgeable).toBe(3);
    management.begin('next');
    management.saved(written);
    expect(management.acknowledgeable).toBe(0);
    management.begin(null);
    management.handled(2);
    expect(management.acknowledgeable).toBe(2);
  });

  it('writes no password to disk, and counts the same', () => {
    const management = new StreamManagement({ id: 's', inbound: 0, outbound: 0, unacked: [] });
    const xml = '<presence to="r@muc/n"><x xmlns="http://jabber.org/protocol/muc"><password>s3same</password></x></presence>';
    management.track({ xml, transactionId: null });
    management.track({ xml: '<message><body>my password is</body></message>', transactionId: 't' });
    const saved = management.snapshot(0, []);
    expect(saved.unacked).toHaveLength(2);
    expect(JSON.stringify(saved)).not.toContain('s3same');
    expect(saved.unacked[1]?.xml).toContain('my password is');
    expect(management.unacked[0]?.xml).toBe(xml);
  });

  it('writes nothing that was typed into a form to disk either', () => {
    const management = new StreamManagement({ id: 's', inbound: 0, outbound: 0, unacked: [] });
    const form = '<iq type="set" id="1"><command xmlns="http://jabber.org/protocol/commands" node="login"><x xmlns="jabber:x:data" type="submit"><field var="code"><value>314159</value></field></x></command></iq>';
    const register = '<iq type="set" id="2"><query xmlns="jabber:iq:register"><key>s3same</key></query></iq>';
    for (const xml of [form, register]) management.track({ xml, transactionId: null });
    expect(JSON.stringify(management.snapshot(0, []))).not.toMatch(/314159|s3same/);
    expect(management.snapshot(0, []).unacked).toHaveLength(2);
  });

  it('does not believe a server that counts what was never sent', () => {
    const management = new StreamManagement(null);
    management.begin('s');
    management.track(stanza('a'));
    expect(() => management.acknowledge(2)).toThrow(AcknowledgementError);
    expect(() => management.acknowledge(Number.NaN)).toThrow(AcknowledgementError);
    expect(() => management.acknowledge(-1)).toThrow(AcknowledgementError);
    expect(management.acknowledge(1)).toHaveLength(1);
  });

  it('lets the server be ahead once after a restart, because a ping may have gone unsaved', () => {
    const management = new StreamManagement({ id: 's', inbound: 0, outbound: 5, unacked: [stanza('a')] });
    expect(management.acknowledge(8)).toHaveLength(1);
    management.track(stanza('b'));
    expect(() => management.acknowledge(10)).toThrow(AcknowledgementError);
  });
});

interface Wire {
  readonly written: string[];
  readonly saved: string[][];
  readonly queue: OutgoingQueue;
  readonly management: StreamManagement;
  readonly overflows: string[];
  save(): void;
}

/** A queue whose saves wait until the test lets them through. */
function wire(saved: ConstructorParameters<typeof OutgoingQueue>[1] = null): Wire {
  const written: string[] = [];
  const saves: string[][] = [];
  const overflows: string[] = [];
  let finish: () => void = () => undefined;
  const management = new StreamManagement(null);
  management.begin('s');
  const queue: OutgoingQueue = new OutgoingQueue(
    {
      management,
      persist(batch) {
        saves.push(batch.map(({ transactionId }) => transactionId ?? ''));
        return new Promise((resolve) => (finish = resolve));
      },
      write: (xml) => void written.push(xml),
      requestAcknowledgement: () => undefined,
      onPersistFailed: () => undefined,
      onOverflow: ({ fault }) => {
        overflows.push(fault.detail ?? '');
        queue.close();
      },
      onSettled: () => undefined,
    },
    saved,
  );
  return { written, saved: saves, overflows, queue, management, save: () => finish() };
}

describe('the outgoing queue', () => {
  it('writes a message only after it is saved, and resolves only when the server has it', async () => {
    const { written, queue, management, save } = wire();
    queue.open(true);
    let isDone = false;
    const sent = queue.pushMessage('<m1/>', 'm1').then(() => (isDone = true));
    expect(written).toEqual([]);
    save();
    await until(() => written.length === 1);
    expect(isDone).toBe(false);
    queue.settle(management.acknowledge(1));
    await sent;
  });

  it('gives a session up whose server asks and asks, and acknowledges nothing', () => {
    const { written, queue, overflows, management } = wire();
    queue.open(true);
    for (let index = 0; index < 20_000; index += 1) queue.push('<answer/>');
    expect({ written: written.length, unacked: management.unacked.length, overflows }).toEqual({
      written: 5_000,
      unacked: 5_000,
      overflows: ['the server acknowledges nothing'],
    });
  });

  it('keeps the order of the wire that it saved', async () => {
    const { written, queue, management, save } = wire();
    queue.open(true);
    void queue.pushMessage('<m1/>', 'm1');
    queue.push('<typing/>');
    expect(written).toEqual([]);
    save();
    await until(() => written.length === 2);
    expect(written).toEqual(['<m1/>', '<typing/>']);
    expect(management.unacked.map(({ xml }) => xml)).toEqual(written);
  });

  it('refuses a new message while offline, and takes the old one again', async () => {
    const { queue, management } = wire();
    await expect(queue.pushMessage('<m1/>', 'm1')).rejects.toMatchObject({ fault: { code: 'offline' } });
    management.track({ xml: '<m0/>', transactionId: 'm0' });
    const again = queue.pushMessage('<m0/>', 'm0');
    queue.settle(management.acknowledge(1));
    await again;
    await queue.pushMessage('<m0/>', 'm0');
  });

  it('writes what is unacknowledged again after a resumption, before anything new', async () => {
    const { written, queue, management, save } = wire();
    management.track({ xml: '<m0/>', transactionId: 'm0' });
    queue.open(true);
    void queue.pushMessage('<m1/>', 'm1');
    save();
    await until(() => written.length === 2);
    expect(written).toEqual(['<m0/>', '<m1/>']);
  });

  it('holds what is in doubt until the archive was asked, and leaves out what it has', async () => {
    const { written, queue, saved, save } = wire();
    queue.requeue([stanza('a'), stanza(null), stanza('b')]);
    queue.open(true);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => queue.pushMessage(`<${id}/>`, id));
    expect(queue.doubtful).toEqual(['a', 'b']);
    expect(written).toEqual([]);
    queue.release(new Set(['a']));
    await a;
    save();
    await until(() => written.length === 2);
    expect(written).toEqual(['<b/>', '<c/>']);
    expect(saved.flat()).not.toContain('a');
    queue.rejectAll(new BridgeError('offline'));
    await Promise.allSettled([b, c]);
  });

  it('holds what was in doubt before a restart', async () => {
    const { written, queue, save } = wire({ requeued: [stanza('a')], delivered: ['z'] });
    queue.open(true);
    await queue.pushMessage('<z/>', 'z');
    expect(written).toEqual([]);
    queue.release(new Set());
    save();
    await until(() => written.length === 1);
    expect(written).toEqual(['<a/>']);
  });
});

describe('the inbound queue', () => {
  const presence = element('presence', { xmlns: 'jabber:client' });

  it('acknowledges nothing that is not stored', async () => {
    let finish: () => void = () => undefined;
    const told: number[] = [];
    let handled = 0;
    const queue = new InboundQueue({
      store: (_stanzas, count) => new Promise<void>((resolve) => (finish = resolve)).then(() => void (handled += count)),
      handled: (count) => void (handled += count),
      acknowledge: () => told.push(handled),
      onStoreFailed: () => undefined,
      setPaused: () => undefined,
    });
    queue.push(presence);
    queue.push(null);
    queue.requestAcknowledgement();
    expect(told).toEqual([0]);
    await Promise.resolve();
    finish();
    await queue.idle();
    await until(() => told.length === 2);
    expect(told).toEqual([0, 2]);
  });

  it('slows a flood down instead of keeping it in memory', async () => {
    const pauses: boolean[] = [];
    const queue = new InboundQueue({
      store: () => Promise.resolve(),
      handled: () => undefined,
      acknowledge: () => undefined,
      onStoreFailed: () => undefined,
      setPaused: (isPaused) => pauses.push(isPaused),
    });
    for (let count = 0; count < 5_000; count += 1) queue.push(presence);
    expect(pauses).toEqual([true]);
    await queue.idle();
    await until(() => pauses.length === 2);
    expect(pauses).toEqual([true, false]);
  });

  it('slows down a few of the largest stanzas, too', async () => {
    const pauses: boolean[] = [];
    const stored: number[] = [];
    const queue = new InboundQueue({
      store: (_stanzas, count) => Promise.resolve(void stored.push(count)),
      handled: () => undefined,
      acknowledge: () => undefined,
      onStoreFailed: () => undefined,
      setPaused: (isPaused) => pauses.push(isPaused),
    });
    const large = element('message', { xmlns: 'jabber:client' }, element('body', {}, 'x'.repeat(1024 * 1024)));
    for (let round = 1; round <= 2; round += 1) {
      for (let count = 0; count < 15; count += 1) queue.push(large);
      expect(pauses).toHaveLength(2 * (round - 1));
      queue.push(large);
      expect(pauses.at(-1)).toBe(true);
      await queue.idle();
      await until(() => pauses.length === 2 * round);
    }
    expect([pauses, stored]).toEqual([[true, false, true, false], [16, 16]]);
  });

  it('reports a store that refuses', async () => {
    const failures: unknown[] = [];
    let handled = 0;
    const queue = new InboundQueue({
      store: () => Promise.reject(new Error('disk full')),
      handled: (count) => (handled += count),
      acknowledge: () => undefined,
      onStoreFailed: (error) => failures.push(error),
      setPaused: () => undefined,
    });
    queue.push(presence);
    await until(() => failures.length === 1);
    expect(handled).toBe(0);
  });
});

describe('requests', () => {
  const own = 'me@a.example/r';
  const ask = (tracker: IqTracker, to: string | undefined): { answer: Promise<XmlElement>; id: string } => {
    let id = '';
    const payload = element('query', { xmlns: 'q' });
    const answer = tracker.request({ type: 'get', to, payload }, (sent) => (id = sent.attribute('id') ?? ''));
    return { answer, id };
  };
  const reply = (id: string, from: string | undefined, type = 'result'): XmlElement =>
    element('iq', { xmlns: 'jabber:client', type, id, from });

  it('are answered only by whom was asked', async () => {
    const tracker = new IqTracker();
    const { answer, id } = ask(tracker, 'service.example');
    for (const from of ['mallory@evil.example', 'a.example', undefined, own, 'service.example/x', '']) {
      expect(tracker.settle(reply(id, from), own), String(from)).toBe(false);
    }
    expect(tracker.settle(reply(id, 'SERVICE.example'), own)).toBe(true);
    await answer;
  });

  it('to our own account are answered by it, or without a sender', async () => {
    for (const from of [undefined, 'me@a.example', own, 'a.example']) {
      const tracker = new IqTracker();
      const { answer, id } = ask(tracker, undefined);
      expect(tracker.settle(reply(id, 'me@a.example/other'), own)).toBe(false);
      expect(tracker.settle(reply(id, 'me@a.example.evil'), own)).toBe(false);
      expect(tracker.settle(reply(id, from), own)).toBe(true);
      await answer;
    }
  });

  it('have ids that nobody can guess', () => {
    const tracker = new IqTracker();
    const ids = Array.from({ length: 100 }, () => {
      const { answer, id } = ask(tracker, 'x.example');
      answer.catch(() => undefined);
      return id;
    });
    expect(new Set(ids).size).toBe(100);
    expect(ids.every((id) => /^[0-9a-f-]{36}$/.test(id))).toBe(true);
    tracker.rejectAll();
  });
});
