import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { maxFrameBytes, type EngineToHost, type HostToEngine } from '#rpc';
import { EngineProcess, type EngineNews } from '../../../electron/main/engine-process/engine-process.ts';
import type { EngineLinkEvents, LaunchEngine } from '../../../electron/main/engine-process/engine-link.ts';
import { readJsonLines } from '../../../electron/main/engine-process/json-lines.ts';
import { createRestartDelays } from '../../../electron/main/engine-process/restart-delays.ts';
import { until } from '../../kit/until.ts';

/** One life of an engine that the test plays. */
class FakeLife {
  readonly posted: HostToEngine[] = [];
  readonly ports: unknown[] = [];
  isKilled = false;
  readonly events: EngineLinkEvents;

  constructor(events: EngineLinkEvents) {
    this.events = events;
  }

  answer(method: string, output: unknown): void {
    const call = this.posted.findLast((message) => message.type === 'host-call' && message.method === method);
    if (call?.type !== 'host-call') throw new Error(`${method} was not called`);
    this.events.onMessage({ type: 'host-answer', id: call.id, output });
  }
}

/** As much of Electron's port as is used. */
class FakePort extends EventEmitter {
  readonly sent: unknown[] = [];
  isClosed = false;
  start(): void {}
  postMessage(frame: unknown): void {
    this.sent.push(frame);
  }
  close(): void {
    this.isClosed = true;
    this.emit('close');
  }
  receive(data: unknown): void {
    this.emit('message', { data });
  }
}

const setUp = (takesPorts = false) => {
  const lives: FakeLife[] = [];
  const news: EngineNews[] = [];
  const fatal = vi.fn();
  const launch: LaunchEngine = (events) => {
    const life = new FakeLife(events);
    lives.push(life);
    return {
      takesPorts,
      post: (message, port) => {
        life.posted.push(message);
        if (port !== undefined) life.ports.push(port);
      },
      kill: () => {
        life.isKilled = true;
        events.onExit(null);
      },
    };
  };
  const engine = new EngineProcess({
    print: (html) => (html === '' ? Promise.reject(new Error('nothing to print')) : Promise.resolve(Buffer.from(`%PDF-${html}`))),
    launch,
    start: () => Promise.resolve({ profileDir: '/profile', appVersion: '1', host: 'electron', vaultKey: null }),
    onNews: (one) => news.push(one),
    onFatal: fatal,
    delays: { started: () => undefined, next: () => 1 },
  });
  const started = async (count: number): Promise<FakeLife> => {
    const life = await until(() => lives[count - 1]);
    await until(() => life.posted.length > 0);
    life.answer('host.start', { isReady: true });
    return life;
  };
  return { engine, lives, news, fatal, started };
};

describe('EngineProcess', () => {
  it('starts an engine and answers calls once it is ready', async () => {
    const { engine, started } = setUp();
    engine.start();
    const answer = engine.call('host.folder', { path: '/a' });
    const life = await started(1);
    await until(() => life.posted.length === 2);
    life.answer('host.folder', { token: 't', label: 'a' });
    expect(await answer).toEqual({ token: 't', label: 'a' });
  });

  it('passes frames between a page and the engine, and closes the page when the engine ends', async () => {
    const { engine, started } = setUp();
    engine.start();
    const life = await started(1);
    const port = new FakePort();
    await engine.connectPage(port as never);
    port.receive({ id: 1, method: 'app.start', input: {} });
    expect(life.posted.slice(-2)).toEqual([
      { type: 'client-opened', client: 1 },
      { type: 'client-frame', client: 1, frame: { id: 1, method: 'app.start', input: {} } },
    ]);
    life.events.onMessage({ type: 'engine-frame', client: 1, frame: { id: 1, output: 'hi' } });
    expect(port.sent).toEqual([{ id: 1, output: 'hi' }]);
    life.events.onExit(1);
    expect(port.isClosed).toBe(true);
  });

  it('prints a page for the engine, and says so when it cannot', async () => {
    const { engine, started } = setUp();
    engine.start();
    const life = await started(1);
    life.events.onMessage({ type: 'print', id: 7, html: 'page' });
    life.events.onMessage({ type: 'print', id: 8, html: '' });
    const answers = () => life.posted.filter(({ type }) => type === 'printed');
    await until(() => answers().length === 2);
    expect(answers()).toEqual(expect.arrayContaining([
      { type: 'printed', id: 7, pdf: Buffer.from('%PDF-page').toString('base64') },
      { type: 'printed', id: 8, pdf: null },
    ]));
  });

  it('does not give a new engine what the one before it had printed', async () => {
    const { engine, lives, started } = setUp();
    engine.start();
    const life = await started(1);
    life.events.onMessage({ type: 'print', id: 1, html: 'page' });
    life.events.onExit(1);
    const next = await until(() => lives[1]);
    await until(() => next.posted.length > 0);
    expect([...life.posted, ...next.posted].filter(({ type }) => type === 'printed')).toEqual([]);
  });

  it('tells the engine when a page goes away', async () => {
    const { engine, started } = setUp();
    engine.start();
    const life = await started(1);
    const port = new FakePort();
    await engine.connectPage(port as never);
    port.close();
    expect(life.posted.at(-1)).toEqual({ type: 'client-closed', client: 1 });
  });

  it.each([null, 'text', { id: 1 }, { id: '1', method: 'x' }, { id: 1, method: 'x', input: 'x'.repeat(maxFrameBytes) }, { id: 1, method: 'x', input: 10n }])(
    'closes a page that sends no frame or one that is too large (%#)',
    async (data) => {
      const { engine, started } = setUp();
      engine.start();
      const life = await started(1);
      const port = new FakePort();
      await engine.connectPage(port as never);
      port.receive(data);
      expect(port.isClosed).toBe(true);
      expect(life.posted.some((message) => message.type === 'client-frame')).toBe(false);
    },
  );

  it('hands the port itself to an engine that takes ports', async () => {
    const { engine, started } = setUp(true);
    engine.start();
    const life = await started(1);
    const port = new FakePort();
    await engine.connectPage(port as never);
    expect(life.ports).toEqual([port]);
  });

  it('starts again after a crash; waiting calls are refused, later ones wait for the new engine', async () => {
    const { engine, started, lives } = setUp();
    engine.start();
    const first = await started(1);
    const lost = engine.call('host.wake', {});
    await until(() => first.posted.length === 2);
    first.events.onExit(null);
    await expect(lost).rejects.toMatchObject({ code: 'engine-stopped' });
    const later = engine.call('host.wake', {});
    const second = await started(2);
    await until(() => second.posted.length === 2);
    second.answer('host.wake', { isDone: true });
    expect(await later).toEqual({ isDone: true });
    expect(lives).toHaveLength(2);
  });

  it('waits for the next engine when one ends while it starts', async () => {
    const { engine, lives, started } = setUp();
    engine.start();
    const call = engine.call('host.wake', {});
    await until(() => lives[0]?.posted.length);
    lives[0]?.events.onExit(1);
    const second = await started(2);
    await until(() => second.posted.length === 2);
    second.answer('host.wake', { isDone: true });
    expect(await call).toEqual({ isDone: true });
  });

  it('does not start again after a fatal error', async () => {
    const { engine, started, lives, fatal } = setUp();
    engine.start();
    const life = await started(1);
    const error = { code: 'store-too-new', message: 'newer', isRetryable: false };
    life.events.onMessage({ type: 'fatal', error });
    life.events.onExit(1);
    expect(fatal).toHaveBeenCalledWith(error);
    await expect(engine.call('host.wake', {})).rejects.toMatchObject({ code: 'engine-stopped' });
    expect(lives).toHaveLength(1);
  });

  it('stops in order and is not started again', async () => {
    const { engine, started, lives } = setUp();
    engine.start();
    const life = await started(1);
    const stopped = engine.stop();
    life.answer('host.stop', { isStopped: true });
    await stopped;
    expect(life.isKilled).toBe(true);
    expect(lives).toHaveLength(1);
    await expect(engine.call('host.wake', {})).rejects.toMatchObject({ code: 'engine-stopped' });
  });

  it('passes news on and nothing else', async () => {
    const { engine, started, news } = setUp();
    engine.start();
    const life = await started(1);
    life.events.onMessage({ type: 'unread', total: 3 });
    life.events.onMessage({ type: 'something-else' } as unknown as EngineToHost);
    expect(news).toEqual([{ type: 'unread', total: 3 }]);
  });
});

describe('createRestartDelays', () => {
  it('is quick at first, doubles up to half a minute, and forgets after a healthy minute', () => {
    let nowMs = 0;
    const delays = createRestartDelays(() => nowMs);
    expect(Array.from({ length: 10 }, () => delays.next())).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
    delays.started();
    nowMs += 60_000;
    expect(delays.next()).toBe(200);
  });
});

describe('readJsonLines', () => {
  const read = (chunks: readonly (string | Buffer)[]): unknown[] => {
    const stream = new PassThrough();
    const values: unknown[] = [];
    readJsonLines(stream, (value) => values.push(value));
    for (const chunk of chunks) stream.emit('data', Buffer.from(chunk));
    return values;
  };

  it('puts values together wherever the chunks are cut, also inside a character', () => {
    const bytes = Buffer.from(`${JSON.stringify({ text: 'señor 🕊' })}\n${JSON.stringify(2)}\n`);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual([{ text: 'señor 🕊' }, 2]);
    }
  });

  it('leaves out what is not JSON and keeps what is unfinished', () => {
    expect(read(['a library prints\n{"a":1}\n\n{"b":'])).toEqual([{ a: 1 }]);
  });
});
