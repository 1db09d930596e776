import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostFile } from '#rpc';
import { createDoor } from '../../../electron/main/app-protocol/answer-request.ts';
import { readByteRange } from '../../../electron/main/app-protocol/byte-range.ts';
import type { DoorAnswer } from '../../../electron/main/app-protocol/door.ts';
import { createUploads } from '../../../electron/main/app-protocol/uploads.ts';
import type { EngineCalls } from '../../../electron/main/engine-process/engine-calls.ts';

describe('the app protocol', () => {
  let dir: string;
  let calls: { method: string; input: unknown }[];
  let file: HostFile | null;
  const usualId = 'an-id-of-the-engine';
  let nextId: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'palomar-protocol-'));
    await mkdir(join(dir, 'page', 'assets'), { recursive: true });
    await mkdir(join(dir, 'staged'));
    await writeFile(join(dir, 'page', 'index.html'), '<p>page</p>');
    await writeFile(join(dir, 'page', 'assets', 'a-1.js'), 'code');
    await writeFile(join(dir, 'page', '.secret.js'), 'secret');
    await writeFile(join(dir, 'page', 'page.exe'), 'exe');
    await writeFile(join(dir, 'secret.js'), 'secret');
    await writeFile(join(dir, 'file'), '0123456789');
    calls = [];
    file = null;
    nextId = usualId;
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const engine: EngineCalls = {
    call: (method, input) => {
      calls.push({ method, input });
      if (method === 'host.file' || method === 'host.avatar') return Promise.resolve(file) as never;
      if (method === 'host.stage') return Promise.resolve({ id: nextId, path: join(dir, 'staged', nextId === usualId ? 'one' : nextId) }) as never;
      return Promise.resolve({ isReady: true }) as never;
    },
  };
  const responseOf = ({ status, headers, body }: DoorAnswer): Response =>
    new Response(body && (Readable.toWeb(body) as ReadableStream), { status, headers: { ...headers } });
  const ask = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    responseOf(await createDoor(join(dir, 'page'), engine)({ url: `palomar://app${path}`, method: 'GET', headers, body: Buffer.alloc(0) }));
  const uploader = (limitBytes?: number) => {
    const take = createUploads(engine, limitBytes);
    return async (query: string, body: string | 'unread', method = 'POST'): Promise<Response> =>
      responseOf(await take({ url: `palomar://app/upload?${query}`, method, headers: { 'Content-Type': 'text/plain' }, body: body === 'unread' ? body : Buffer.from(body) }));
  };
  const given = (change: Partial<HostFile>): void => {
    file = { path: join(dir, 'file'), name: 'offer.pdf', mime: 'application/pdf', sizeBytes: 10, isInline: false, ...change };
  };

  it('serves the page and its files with their kinds', async () => {
    expect(await (await ask('/')).text()).toBe('<p>page</p>');
    const script = await ask('/assets/a-1.js');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it.each(['/../secret.js', '/assets/../../secret.js', '/%2e%2e/secret.js', '/.secret.js', '/page.exe', '/assets', '/assets/', '//secret.js', '/none.js', '/a\\..\\secret.js'])(
    'has nothing at %s',
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  it('gives bytes of a stranger as a download that can do nothing', async () => {
    given({ name: 'evil"\r\n.html', mime: 'text/html' });
    const answer = await ask('/files/5');
    expect(calls).toEqual([{ method: 'host.file', input: { attachmentId: 5 } }]);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''evil%22%0D%0A.html");
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(await answer.text()).toBe('0123456789');
  });

  it('gives pictures of people by their ids, and only those', async () => {
    given({ name: 'picture', mime: 'image/png', isInline: true });
    const answer = await ask('/avatars/7');
    expect(calls).toEqual([{ method: 'host.avatar', input: { avatarId: 7 } }]);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect((await ask('/files/5')).headers.get('cache-control')).toBe('no-store');
    for (const path of ['/avatars/', '/avatars/0', '/avatars/-1', '/avatars/7.svg', '/avatars/7/8', '/avatars/1e3']) {
      expect((await ask(path)).status, path).toBe(404);
    }
  });

  it('keeps the kind of a recognised image, of sound and of video', async () => {
    given({ mime: 'image/png', isInline: true });
    expect((await ask('/files/5')).headers.get('content-type')).toBe('image/png');
    given({ mime: 'video/mp4' });
    expect((await ask('/files/5')).headers.get('content-type')).toBe('video/mp4');
    given({ mime: 'image/svg+xml' });
    expect((await ask('/files/5')).headers.get('content-type')).toBe('application/octet-stream');
  });

  it('serves a part to a player, and says so when there is no such part', async () => {
    given({ mime: 'video/mp4' });
    const part = await ask('/files/5', { Range: 'bytes=2-4' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    expect((await ask('/files/5', { range: 'bytes=10-' })).status).toBe(416);
  });

  it('says 404 for a file that is not there or not ours to give', async () => {
    expect((await ask('/files/5')).status).toBe(404);
    given({ path: join(dir, 'gone') });
    expect((await ask('/files/5')).status).toBe(404);
  });

  it('stages an upload where the engine says', async () => {
    const answer = await uploader()('name=..%2F..%2Fevil.sh', 'bytes');
    expect(await answer.json()).toEqual({ id: 'an-id-of-the-engine', sizeBytes: 5 });
    expect(await readFile(join(dir, 'staged', 'one'), 'utf8')).toBe('bytes');
    expect(calls).toEqual([
      { method: 'host.stage', input: { name: '../../evil.sh', mime: 'text/plain' } },
      { method: 'host.staged', input: { id: 'an-id-of-the-engine', sizeBytes: 5 } },
    ]);
  });

  it('puts the parts of an upload together, and tells the engine when it is whole', async () => {
    const send = uploader();
    expect(await (await send('name=parts&more', 'one ')).json()).toEqual({ id: 'an-id-of-the-engine', sizeBytes: 4 });
    await send('id=an-id-of-the-engine&more', 'two ');
    expect(calls.map(({ method }) => method)).toEqual(['host.stage']);
    expect(await (await send('id=an-id-of-the-engine', 'three')).json()).toEqual({ id: 'an-id-of-the-engine', sizeBytes: 13 });
    expect(await readFile(join(dir, 'staged', 'one'), 'utf8')).toBe('one two three');
    expect(calls.at(-1)).toEqual({ method: 'host.staged', input: { id: 'an-id-of-the-engine', sizeBytes: 13 } });
    expect((await send('id=an-id-of-the-engine', 'four')).status).toBe(404);
  });

  it('stages an empty file', async () => {
    expect(await (await uploader()('name=empty', '')).json()).toMatchObject({ sizeBytes: 0 });
  });

  it('stops an upload that is too large, at once or in parts, and leaves nothing behind', async () => {
    const isGone = async (): Promise<void> => {
      expect(await readdir(join(dir, 'staged'))).toEqual([]);
      expect(calls.at(-1)).toEqual({ method: 'host.staged', input: { id: 'an-id-of-the-engine', sizeBytes: -1 } });
    };
    const send = uploader(1_000);
    expect((await send('name=large', 'x'.repeat(2_000))).status).toBe(413);
    await isGone();
    await send('name=large&more', 'x'.repeat(600));
    expect((await send('id=an-id-of-the-engine&more', 'x'.repeat(600))).status).toBe(413);
    await isGone();
    expect((await send('id=an-id-of-the-engine', 'x')).status).toBe(404);
  });

  it('forgets an upload that the page gives up', async () => {
    const send = uploader();
    await send('name=half&more', 'half');
    expect((await send('id=an-id-of-the-engine', '', 'DELETE')).status).toBe(200);
    expect(await readdir(join(dir, 'staged'))).toEqual([]);
    expect((await send('id=an-id-of-the-engine', 'half')).status).toBe(404);
  });

  it('lets the oldest of too many unfinished uploads go', async () => {
    const send = uploader();
    for (let number = 0; number < 17; number += 1) {
      nextId = `upload-${number}`;
      await send('name=half&more', 'half');
    }
    expect(await readdir(join(dir, 'staged'))).toHaveLength(16);
    expect((await send('id=upload-0', 'half')).status).toBe(404);
    expect((await send('id=upload-1', 'half')).status).toBe(200);
  });

  it('takes bytes only: a body that would have to be fetched is refused', async () => {
    expect((await uploader()('name=stream', 'unread')).status).toBe(415);
    expect(calls).toEqual([]);
  });
});

describe('readByteRange', () => {
  it.each([
    [null, null],
    ['bytes=0-3', { first: 0, last: 3 }],
    ['bytes=4-', { first: 4, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=0-999', { first: 0, last: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', null],
    ['bytes=-', null],
    ['bytes=0-1,3-4', null],
    ['lines=0-1', null],
  ])('%s', (header, expected) => {
    expect(readByteRange(header, 10)).toEqual(expected);
  });
});
