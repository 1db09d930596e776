import { describe, expect, it } from 'vitest';
import { InboundQueue } from '../../../bridges/xmpp/stream/inbound-queue.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { until } from '../../kit/until.ts';

/** A store that takes a batch only when told, and a server that stops sending only when it is not read. */
function slowStore(): { queue: InboundQueue; batches: number[]; isPaused: () => boolean; take: () => void; counted: () => number } {
  const batches: number[] = [];
  let [isPaused, counted] = [false, 0];
  let taken = Promise.withResolvers<void>();
  const queue = new InboundQueue({
    async store(stanzas: readonly XmlElement[], count) {
      batches.push(stanzas.length);
      await taken.promise;
      taken = Promise.withResolvers();
      counted += count;
    },
    handled: (count) => (counted += count),
    acknowledge: () => undefined,
    onStoreFailed: (error) => {
      throw error;
    },
    setPaused: (paused) => (isPaused = paused),
  });
  return { queue, batches, isPaused: () => isPaused, take: () => taken.resolve(), counted: () => counted };
}

const message = (length = 10): XmlElement => element('message', { xmlns: 'jabber:client' }, element('body', {}, 'x'.repeat(length)));

describe('a server that sends faster than the store takes', () => {
  it.each([
    ['many small stanzas', 10, 500],
    ['a few large ones', 1024 * 1024, 16],
  ])('is not read any more: %s', async (_, length, most) => {
    const { queue, batches, isPaused, take, counted } = slowStore();
    queue.push(message());
    await until(() => batches.length === 1, { label: 'the store to be busy' });
    let pushed = 0;
    for (; pushed < 10_000 && !isPaused(); pushed += 1) queue.push(message(length));
    expect(pushed).toBeLessThanOrEqual(most);

    take();
    await until(() => batches.length === 2, { label: 'the next batch' });
    expect(isPaused()).toBe(true);
    take();
    await until(() => !isPaused(), { label: 'reading to go on' });
    expect(batches).toEqual([1, pushed]);
    expect(counted()).toBe(pushed + 1);
  });

  it('is not read either while it waits with stanzas that need no storing', async () => {
    const { queue, batches, isPaused, take } = slowStore();
    queue.push(message());
    await until(() => batches.length === 1, { label: 'the store to be busy' });
    for (let pushed = 0; pushed < 500; pushed += 1) queue.push(null);
    expect(isPaused()).toBe(true);
    take();
    await until(() => !isPaused(), { label: 'reading to go on' });
  });
});
