// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Shell, ShellPort } from '#rpc';
import { createEngineClient, EngineFailure } from '../../../renderer/rpc/index.ts';

interface FakePort extends ShellPort {
  readonly posted: { id: number; method: string }[];
  answer(frame: unknown): void;
  close(reason: 'engine-stopped' | 'replaced'): void;
}

const makePort = (): FakePort => {
  const posted: { id: number; method: string }[] = [];
  let onFrame = (_frame: unknown): void => undefined;
  let onClose = (_reason: 'engine-stopped' | 'replaced' | 'unreachable'): void => undefined;
  return {
    posted,
    post: (frame) => void posted.push(frame as { id: number; method: string }),
    onFrame: (listener) => void (onFrame = listener),
    onClose: (listener) => void (onClose = listener),
    answer: (frame) => onFrame(frame),
    close: (reason) => onClose(reason),
  };
};

const setUp = () => {
  const ports: FakePort[] = [];
  let refusals = 0;
  const shell = {
    connect: () => {
      if (refusals-- > 0) return Promise.reject(new Error('closed'));
      const port = makePort();
      ports.push(port);
      return Promise.resolve(port);
    },
  } as unknown as Shell;
  return { ports, client: createEngineClient(shell), refuse: (count: number) => (refusals = count) };
};

describe('the connection to the engine', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('matches answers to calls in any order', async () => {
    const { client, ports } = setUp();
    await client.connect();
    const first = client.call('crm.queue', { limit: 1 });
    const second = client.call('crm.queue', { limit: 2 });
    await vi.advanceTimersByTimeAsync(0);
    const [port] = ports;
    port!.answer({ id: port!.posted[1]!.id, output: ['b'] });
    port!.answer({ id: port!.posted[0]!.id, output: ['a'] });
    expect(await first).toEqual(['a']);
    expect(await second).toEqual(['b']);
  });

  it('gives what was asked ahead to the first call with the same words, and to no other', async () => {
    const { client, ports } = setUp();
    await client.connect();
    client.askAhead('crm.queue', { limit: 1 });
    const first = client.call('crm.queue', { limit: 1 });
    const second = client.call('crm.queue', { limit: 1 });
    await vi.advanceTimersByTimeAsync(0);
    const [port] = ports;
    expect(port!.posted).toHaveLength(2);
    port!.answer({ id: port!.posted[0]!.id, output: ['ahead'] });
    port!.answer({ id: port!.posted[1]!.id, output: ['asked'] });
    expect(await first).toEqual(['ahead']);
    expect(await second).toEqual(['asked']);
  });

  it('forgets what was asked ahead when an event came in between', async () => {
    const { client, ports } = setUp();
    await client.connect();
    client.askAhead('crm.queue', { limit: 1 });
    await vi.advanceTimersByTimeAsync(0);
    const [port] = ports;
    port!.answer({ event: 'settings.changed', payload: {} });
    void client.call('crm.queue', { limit: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(port!.posted).toHaveLength(2);
  });

  it('rejects with the engine’s own error', async () => {
    const { client, ports } = setUp();
    await client.connect();
    const call = client.call('crm.queue', { limit: 1 });
    const refused = expect(call).rejects.toMatchObject({ fault: { code: 'wrong-password', detail: 'x' } });
    await vi.advanceTimersByTimeAsync(0);
    ports[0]!.answer({ id: ports[0]!.posted[0]!.id, error: { code: 'wrong-password', message: 'no', detail: 'x', isRetryable: false } });
    await refused;
  });

  it('rejects calls in flight when the engine stops, connects again by itself and says so', async () => {
    const { client, ports, refuse } = setUp();
    await client.connect();
    const call = client.call('crm.queue', { limit: 1 });
    const refused = expect(call).rejects.toBeInstanceOf(EngineFailure);
    await vi.advanceTimersByTimeAsync(0);
    refuse(2);
    ports[0]!.close('engine-stopped');
    await refused;
    expect(client.link.value).toBe('lost');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(client.link.value).toBe('ready');
    expect(client.generation.value).toBe(2);
  });

  it('stays away after another tab took over, until a person wants it back', async () => {
    const { client, ports } = setUp();
    await client.connect();
    ports[0]!.answer({ event: 'session.replaced', payload: {} });
    ports[0]!.close('replaced');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.link.value).toBe('replaced');
    expect(ports).toHaveLength(1);
    await client.connect();
    expect(client.link.value).toBe('ready');
  });

  it('hands events to listeners until they leave, and ignores frames that make no sense', async () => {
    const { client, ports } = setUp();
    await client.connect();
    const heard: unknown[] = [];
    const leave = client.on('typing.changed', (payload) => heard.push(payload));
    for (const frame of [null, 'x', 7, {}, { id: 99, output: 1 }]) ports[0]!.answer(frame);
    ports[0]!.answer({ event: 'typing.changed', payload: { names: ['a'] } });
    leave();
    ports[0]!.answer({ event: 'typing.changed', payload: { names: ['b'] } });
    expect(heard).toEqual([{ names: ['a'] }]);
  });
});
