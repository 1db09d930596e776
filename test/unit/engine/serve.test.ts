import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { contentSecurityPolicy, maxFrameBytes, type EngineFrame, type HostFile } from '#rpc';
import type { Engine } from '../../../electron/engine/engine.ts';
import { createStaging } from '../../../electron/engine/files/staging.ts';
import { createLog } from '../../../electron/engine/log/log.ts';
import type { ClientTransport } from '../../../electron/engine/rpc/client-transport.ts';
import { startLoopbackServer } from '../../../electron/engine/serve/loopback-server.ts';
import { png } from '../../kit/image-bytes.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Served {
  readonly port: number;
  readonly link: string;
  readonly profileDir: string;
  readonly pages: ClientTransport[];
  readonly files: Map<number, HostFile>;
  readonly ask: (path: string, options?: { method?: string; headers?: Record<string, string>; body?: Buffer }) => Promise<Answer>;
  /** Redeems the link and answers the cookie. */
  readonly enter: () => Promise<string>;
}

/** An engine that only remembers its pages: what is tested here is the door. */
const serve = async (): Promise<Served> => {
  const profileDir = tempFolder('serve');
  const rendererDir = join(profileDir, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>Palomar</title>');
  writeFileSync(join(rendererDir, 'assets', 'main.js'), 'export {};');
  writeFileSync(join(profileDir, 'secret.txt'), 'canary');
  symlinkSync(join(profileDir, 'secret.txt'), join(rendererDir, 'link.txt'));
  const pages: ClientTransport[] = [];
  const files = new Map<number, HostFile>();
  const staging = createStaging(profileDir);
  const engine: Engine = {
    handleClient: (transport) => {
      pages.push(transport);
      transport.onFrame((frame) => transport.post({ id: 1, output: frame }));
    },
    host: {
      'host.file': async ({ attachmentId }) => files.get(attachmentId) ?? null,
      'host.avatar': async ({ avatarId }) => files.get(avatarId) ?? null,
      'host.stage': async ({ name, mime }) => staging.reserve(name, mime),
      'host.staged': async ({ id, sizeBytes }) => {
        await staging.complete(id, sizeBytes);
        return { isReady: true };
      },
      'host.folder': async () => ({ token: '', label: '' }),
      'host.wake': async () => ({ isDone: true }),
    },
    listen: () => () => {},
    glance: () => {
      throw new Error('not asked here');
    },
    stop: async () => {},
  };
  const server = await startLoopbackServer({ engine, rendererDir, log: createLog({ profileDir, now: Date.now }) });
  onTestFinished(() => server.close());
  const { port, link } = server;

  const ask: Served['ask'] = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  const enter = async (): Promise<string> => {
    const answer = await ask(link.slice(link.indexOf('/', 8)));
    return (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
  };
  return { port, link, profileDir, pages, files, ask, enter };
};

const origin = ({ port }: Served): string => `http://127.0.0.1:${port}`;

interface Page {
  readonly socket: WebSocket;
  readonly frames: EngineFrame[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

const openPage = async (served: Served, cookie: string, path = '/engine', more: Record<string, string> = {}): Promise<Page> => {
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}${path}`, { headers: { cookie, origin: origin(served), ...more } });
  onTestFinished(() => socket.terminate());
  const frames: EngineFrame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as EngineFrame));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { socket, frames, closed };
};

describe('the link', () => {
  it('works once and becomes a cookie that scripts and other sites cannot use', async () => {
    const served = await serve();
    const path = served.link.slice(served.link.indexOf('/', 8));
    const first = await served.ask(path);
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    const cookie = first.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect((await served.ask(path)).status).toBe(403);
    expect((await served.ask(path)).headers['set-cookie']).toBeUndefined();
    expect((await served.ask('/', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status).toBe(200);
  });

  it('is needed for everything', async () => {
    const served = await serve();
    for (const path of ['/', '/index.html', '/assets/main.js', '/files/1', '/engine', '/nothing']) {
      expect((await served.ask(path)).status, path).toBe(401);
    }
    const upload = await served.ask('/upload?name=a', { method: 'POST', headers: { origin: origin(served) }, body: Buffer.from('x') });
    expect(upload.status).toBe(401);
    expect((await served.ask('/?token=wrong')).status).toBe(403);
    await expect(openPage(served, 'palomar=guess')).rejects.toThrow('403');
  });

  it('is written to no log', async () => {
    const served = await serve();
    await served.enter();
    await served.ask('/?token=wrong', { headers: { host: 'evil.example' } });
    await expect(openPage(served, 'palomar=guess')).rejects.toThrow();
    const log = readFileSync(join(served.profileDir, 'logs', 'engine.log'), 'utf8');
    expect(log).not.toContain(new URL(served.link).searchParams.get('token'));
  });

  it('also works when it was clicked on another site', async () => {
    const served = await serve();
    const answer = await served.ask('/', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } });
    expect(answer.body).toContain('http-equiv="refresh"');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('foreign requests', () => {
  it('answers to its own host only', async () => {
    const served = await serve();
    const cookie = await served.enter();
    for (const host of ['evil.example', `evil.example:${served.port}`, `localhost:${served.port}`, '127.0.0.1', `127.0.0.1.:${served.port}`]) {
      expect((await served.ask('/', { headers: { cookie, host } })).status, host).toBe(421);
    }
    await expect(openPage(served, cookie, '/engine', { host: `evil.example:${served.port}` })).rejects.toThrow('403');
  });

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'file://'])('refuses the origin %s', async (foreign) => {
    const served = await serve();
    const cookie = await served.enter();
    expect((await served.ask('/', { headers: { cookie, origin: foreign } })).status).toBe(403);
    await expect(openPage(served, cookie, '/engine', { origin: foreign })).rejects.toThrow('403');
  });

  it('wants an origin for whatever changes something', async () => {
    const served = await serve();
    const cookie = await served.enter();
    const answer = await served.ask('/upload?name=a', { method: 'POST', headers: { cookie }, body: Buffer.from('x') });
    expect(answer.status).toBe(403);
    const socket = new WebSocket(`ws://127.0.0.1:${served.port}/engine`, { headers: { cookie } });
    await expect(new Promise((_, reject) => socket.once('error', reject))).rejects.toThrow('403');
  });

  it('listens on the loopback address alone', async () => {
    const served = await serve();
    const isOpen = await new Promise((resolve) => {
      const socket = connect(served.port, '127.0.0.2');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      onTestFinished(() => void socket.destroy());
    });
    expect(isOpen).toBe(false);
  });
});

describe('the interface', () => {
  it('comes with the strict headers', async () => {
    const served = await serve();
    const cookie = await served.enter();
    for (const path of ['/', '/assets/main.js', '/missing']) {
      const { headers } = await served.ask(path, { headers: { cookie } });
      expect(headers['content-security-policy']).toBe(contentSecurityPolicy);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    }
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//etc/passwd',
    '/link.txt',
    'http://evil.example/index.html',
    '/__proto__',
    '/files/../secret.txt',
    '/files/0',
    '/files/1e1',
  ])('never serves %s', async (path) => {
    const served = await serve();
    const cookie = await served.enter();
    const { status, body } = await served.ask(path, { headers: { cookie } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain('canary');
  });
});

describe('files', () => {
  const put = (served: Served, file: Partial<HostFile>): void => {
    const path = join(served.profileDir, 'blob');
    writeFileSync(path, '0123456789');
    served.files.set(7, { path, name: 'a.txt', mime: 'text/plain', sizeBytes: 10, isInline: false, ...file });
  };

  it('serves pictures of people by their ids, to the one browser that has the session', async () => {
    const served = await serve();
    put(served, { mime: 'image/png', isInline: true });
    expect((await served.ask('/avatars/7')).status).toBe(401);
    const cookie = await served.enter();
    const answer = await served.ask('/avatars/7', { headers: { cookie } });
    expect([answer.status, answer.body]).toEqual([200, '0123456789']);
    for (const path of ['/avatars/8', '/avatars/0', '/avatars/7.svg', '/avatars/../secret.txt']) {
      expect((await served.ask(path, { headers: { cookie } })).status, path).toBeGreaterThanOrEqual(400);
    }
  });

  it.each([
    ['image/png', true, 'image/png', /^inline/],
    ['image/svg+xml', false, 'application/octet-stream', /^attachment/],
    ['text/html', false, 'application/octet-stream', /^attachment/],
    ['audio/ogg', false, 'audio/ogg', /^attachment/],
  ])('%s (inline: %s) is sent as %s', async (mime, isInline, sentAs, disposition) => {
    const served = await serve();
    const cookie = await served.enter();
    put(served, { mime, isInline });
    const { headers, body } = await served.ask('/files/7', { headers: { cookie } });
    expect(headers['content-type']).toBe(sentAs);
    expect(headers['content-disposition']).toMatch(disposition);
    expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body).toBe('0123456789');
  });

  it('puts no name of a stranger into a header', async () => {
    const served = await serve();
    const cookie = await served.enter();
    put(served, { name: 'a";b=\u2028ñ\'😀(1).txt' });
    const { headers } = await served.ask('/files/7', { headers: { cookie } });
    expect(headers['content-disposition']).toMatch(/^attachment; filename="[\w .()-]*"; filename\*=UTF-8''[\w.%~!-]+$/);
  });

  it('sends the part that a player asks for', async () => {
    const served = await serve();
    const cookie = await served.enter();
    put(served, {});
    const part = await served.ask('/files/7', { headers: { cookie, range: 'bytes=3-5' } });
    expect([part.status, part.body, part.headers['content-range']]).toEqual([206, '345', 'bytes 3-5/10']);
    const open = await served.ask('/files/7', { headers: { cookie, range: 'bytes=8-' } });
    expect(open.body).toBe('89');
    expect((await served.ask('/files/7', { headers: { cookie, range: 'bytes=9-3' } })).body).toBe('0123456789');
  });

  it('stages an upload', async () => {
    const served = await serve();
    const cookie = await served.enter();
    const headers = { cookie, origin: origin(served), 'content-type': 'image/png' };
    const answer = await served.ask('/upload?name=..%2Fcat.png', { method: 'POST', headers, body: png(3, 3) });
    expect(answer.status).toBe(200);
    const { id } = JSON.parse(answer.body) as { id: string };
    expect(readFileSync(join(served.profileDir, 'staging', id)).equals(png(3, 3))).toBe(true);
    expect((await served.ask('/upload', { method: 'POST', headers, body: png(3, 3) })).status).toBe(400);
  });

  it('refuses an upload that is announced too large', async () => {
    const served = await serve();
    const cookie = await served.enter();
    const answer = await new Promise<number>((resolve, reject) => {
      const request = httpRequest({
        host: '127.0.0.1',
        port: served.port,
        path: '/upload?name=big',
        method: 'POST',
        headers: { cookie, origin: origin(served), 'content-length': '999999999999' },
      });
      request.on('response', (response) => resolve(response.statusCode ?? 0));
      request.on('error', reject);
      request.write('x');
      onTestFinished(() => void request.destroy());
    });
    expect(answer).toBe(413);
  });
});

describe('the one connection', () => {
  it('carries frames both ways', async () => {
    const served = await serve();
    const page = await openPage(served, await served.enter());
    page.socket.send(JSON.stringify({ id: 1, method: 'x', input: {} }));
    await until(() => page.frames.length === 1);
    expect(page.frames).toEqual([{ id: 1, output: { id: 1, method: 'x', input: {} } }]);
  });

  it('tells a second tab that another is open and leaves the first alone', async () => {
    const served = await serve();
    const cookie = await served.enter();
    const first = await openPage(served, cookie);
    const second = await openPage(served, cookie);
    expect(await second.closed).toEqual({ code: 4001, reason: 'another tab is open' });
    expect(served.pages).toHaveLength(1);
    expect(first.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('lets a tab take over when it asks to; the first one hears why', async () => {
    const served = await serve();
    const cookie = await served.enter();
    const first = await openPage(served, cookie);
    const second = await openPage(served, cookie, '/engine?take=1');
    expect((await first.closed).code).toBe(4001);
    expect(first.frames).toEqual([{ event: 'session.replaced', payload: {} }]);
    expect(second.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('lets a reloaded page in', async () => {
    const served = await serve();
    const cookie = await served.enter();
    const first = await openPage(served, cookie);
    const again = openPage(served, cookie);
    first.socket.close();
    expect((await again).socket.readyState).toBe(WebSocket.OPEN);
    await until(() => served.pages.length === 2);
  });

  it.each([
    ['a frame that is too large', JSON.stringify('x'.repeat(maxFrameBytes)), 1009],
    ['what is no JSON', '{', 1003],
    ['binary frames', Buffer.from([1, 2, 3]), 1003],
  ])('ends at %s', async (_, data, code) => {
    const served = await serve();
    const page = await openPage(served, await served.enter());
    page.socket.send(data);
    // 1006: ended before the reason could be said.
    expect([code, 1006]).toContain((await page.closed).code);
  });
});
