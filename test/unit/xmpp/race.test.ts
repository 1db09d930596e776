import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findTargets } from '../../../bridges/xmpp/stream/dial/find-targets.ts';
import { race } from '../../../bridges/xmpp/stream/dial/race.ts';

/** A socket that only remembers whether it was destroyed. */
function fakeSocket(): Socket & { readonly isGone: boolean } {
  const socket = {
    isGone: false,
    destroy() {
      socket.isGone = true;
    },
  };
  return socket as unknown as Socket & { readonly isGone: boolean };
}

const never = new AbortController().signal;
afterEach(() => void vi.useRealTimers());

describe('a race for a connection', () => {
  it('tries the next place a moment later, and takes who comes first', async () => {
    vi.useFakeTimers();
    const started: [string, number][] = [];
    const aborted: string[] = [];
    const startedAtMs = performance.now();
    const socket = fakeSocket();
    const racing = race(['dead', 'slow', 'quick'], {
      staggerMs: 250,
      signal: never,
      onFailure: () => undefined,
      connect: (place, signal) => {
        started.push([place, performance.now() - startedAtMs]);
        signal.addEventListener('abort', () => aborted.push(place));
        return new Promise((resolve) => {
          if (place === 'quick') setTimeout(() => resolve(socket), 10);
        });
      },
    });
    await vi.advanceTimersByTimeAsync(511);
    expect(await racing).toEqual({ place: 'quick', socket });
    expect(started.map(([place, afterMs]) => [place, Math.round(afterMs)])).toEqual([
      ['dead', 0],
      ['slow', 250],
      ['quick', 500],
    ]);
    expect(aborted).toEqual(expect.arrayContaining(['dead', 'slow']));
    expect(socket.isGone).toBe(false);
  });

  it('does not wait when a place fails at once, and says what failed', async () => {
    vi.useFakeTimers();
    const failures: unknown[] = [];
    const socket = fakeSocket();
    const racing = race(['refused', 'good'], {
      staggerMs: 60_000,
      signal: never,
      onFailure: (place, error) => failures.push([place, error]),
      connect: (place) => (place === 'good' ? Promise.resolve(socket) : Promise.reject(new Error('no'))),
    });
    await vi.advanceTimersByTimeAsync(1);
    expect((await racing)?.place).toBe('good');
    expect(failures).toEqual([['refused', new Error('no')]]);
  });

  it('closes who comes second', async () => {
    const [first, second] = [fakeSocket(), fakeSocket()];
    const arrive = new Map<string, (socket: Socket) => void>();
    const racing = race(['a', 'b'], {
      staggerMs: 0,
      signal: never,
      onFailure: () => undefined,
      connect: (place) => new Promise((resolve) => arrive.set(place, resolve)),
    });
    await vi.waitFor(() => expect(arrive.size).toBe(2));
    arrive.get('b')?.(first);
    expect((await racing)?.place).toBe('b');
    arrive.get('a')?.(second);
    await vi.waitFor(() => expect(second.isGone).toBe(true));
    expect(first.isGone).toBe(false);
  });

  it('has no winner when all fail, and ends when it is called off', async () => {
    const options = { staggerMs: 0, onFailure: () => undefined };
    const failing = { ...options, signal: never, connect: () => Promise.reject(new Error('no')) };
    expect(await race(['a', 'b'], failing)).toBeNull();
    expect(await race([], failing)).toBeNull();
    const controller = new AbortController();
    const racing = race(['a'], { ...options, signal: controller.signal, connect: () => new Promise(() => undefined) });
    controller.abort(new Error('enough'));
    await expect(racing).rejects.toThrow('enough');
  });

  it('leads past real addresses where nobody answers', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { openTcp } = await import('../../../bridges/xmpp/stream/secure-socket.ts');
    // 192.0.2.0/24 is for documentation: no route leads there, or nobody ever answers.
    const startedAtMs = performance.now();
    const winner = await race(['192.0.2.1', '127.0.0.1'], {
      staggerMs: 250,
      signal: never,
      onFailure: () => undefined,
      connect: (address, signal) => openTcp(address, port, 'a.test', signal),
    });
    expect(winner?.place).toBe('127.0.0.1');
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    winner?.socket.destroy();
    server.close();
  });
});

describe('the addresses of endpoints', () => {
  const none = (): never => expect.unreachable('a failure');
  const endpoint = (host: string, addresses?: readonly string[]) => ({ host, port: 5222, security: 'starttls' as const, addresses });

  it('take turns between IPv6 and IPv4, endpoint by endpoint', async () => {
    const zones: Record<string, string[]> = {
      'a.test': ['2001:db8::1', '2001:db8::2', '192.0.2.1'],
      'b.test': ['192.0.2.2', '2001:db8::3', '192.0.2.3'],
    };
    const targets = await findTargets([endpoint('a.test'), endpoint('b.test')], (host) => Promise.resolve(zones[host] ?? []), none);
    expect(targets.map(({ address }) => address)).toEqual([
      ...['2001:db8::1', '192.0.2.1', '2001:db8::2'],
      ...['192.0.2.2', '2001:db8::3', '192.0.2.3'],
    ]);
  });

  it('are not asked for when they are there already, and never more than a few', async () => {
    const many = Array.from({ length: 50 }, (_, index) => `192.0.2.${index + 1}`);
    const targets = await findTargets([endpoint('192.0.2.200'), endpoint('a.test', many)], () => expect.unreachable('asked'), none);
    expect(targets[0]?.address).toBe('192.0.2.200');
    expect(targets).toHaveLength(12);
  });

  it('that are not there are a fault of that endpoint only', async () => {
    const failures: unknown[] = [];
    const lookUp = (host: string): Promise<string[]> =>
      host === 'b.test' ? Promise.resolve(['192.0.2.2']) : Promise.reject(Object.assign(new Error('nothing'), { code: 'ENOTFOUND' }));
    const targets = await findTargets([endpoint('a.test'), endpoint('b.test')], lookUp, ({ fault }) => failures.push(fault));
    expect(targets.map(({ address }) => address)).toEqual(['192.0.2.2']);
    expect(failures).toEqual([expect.objectContaining({ code: 'wrong-address', server: 'a.test' })]);
  });
});
