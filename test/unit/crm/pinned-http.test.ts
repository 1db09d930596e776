import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkServerUrl } from '../../../electron/engine/crm/http/check-server-url.ts';
import { createPinnedHttp } from '../../../electron/engine/crm/http/pinned-http.ts';
import { readJson } from '../../../electron/engine/crm/http/read-json.ts';
import { retryAtOf } from '../../../electron/engine/crm/http/retry-at-of.ts';

async function serve(listener: RequestListener): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const authorization = { authorization: 'token secret' };

describe('requests of a connection', () => {
  it('never follow a redirect to another host: no token reaches it', async () => {
    const evil = await serve((_, response) => response.end('{}'));
    const crm = await serve((_, response) => response.writeHead(302, { location: `${evil.url}/steal` }).end());
    const http = createPinnedHttp({ baseUrl: crm.url });
    await expect(http.send({ path: '/x', headers: authorization })).rejects.toMatchObject({ code: 'redirect-refused' });
    await expect(http.send({ path: '/x', method: 'POST', json: {}, headers: authorization })).rejects.toMatchObject({ code: 'redirect-refused' });
    expect(evil.seen).toEqual([]);
  });

  it('follow one on the same host for reads only', async () => {
    const crm = await serve((request, response) =>
      request.url === '/old' ? response.writeHead(308, { location: '/new' }).end() : response.end('{"ok":1}'),
    );
    const http = createPinnedHttp({ baseUrl: crm.url });
    expect(readJson(await http.send({ path: '/old' }))).toEqual({ ok: 1 });
    await expect(http.send({ path: '/old', method: 'POST', json: {} })).rejects.toMatchObject({ code: 'redirect-refused' });
  });

  it.each(['//evil.example/x', 'https://evil.example/', '\\\\evil.example\\x'])('cannot be led away by a path: %s', async (path) => {
    const http = createPinnedHttp({ baseUrl: 'http://127.0.0.1:9' });
    await expect(http.send({ path })).rejects.toMatchObject({ code: expect.stringMatching(/redirect-refused|offline/) });
  });

  it('tell "not sent" from "may have been applied"', async () => {
    const cut = await serve((request) => request.socket.destroy());
    await expect(createPinnedHttp({ baseUrl: cut.url }).send({ path: '/' })).rejects.toMatchObject({ name: 'Unknown' });
    await expect(createPinnedHttp({ baseUrl: 'http://127.0.0.1:1' }).send({ path: '/' })).rejects.toMatchObject({ name: expect.stringMatching(/Offline|Unknown/) });
    const closed = await serve(() => {});
    await expect(createPinnedHttp({ baseUrl: closed.url, timeoutMs: 100 }).send({ path: '/' })).rejects.toMatchObject({ name: 'Unknown' });
  });

  it('sort answers by what they mean', async () => {
    const crm = await serve((request, response) => response.writeHead(Number(request.url?.slice(1)), { 'retry-after': '30' }).end('{}'));
    const http = createPinnedHttp({ baseUrl: crm.url, now: () => 1_000 });
    await expect(http.send({ path: '/401' })).rejects.toMatchObject({ name: 'AuthNeeded' });
    await expect(http.send({ path: '/429' })).rejects.toMatchObject({ name: 'RateLimited', atMs: 31_000 });
    await expect(http.send({ path: '/503' })).rejects.toMatchObject({ name: 'RateLimited' });
    await expect(http.send({ path: '/500' })).rejects.toMatchObject({ name: 'Unknown', code: 'server-error' });
    expect((await http.send({ path: '/404' })).status).toBe(404);
  });

  it('refuse an answer that would fill the memory', async () => {
    const crm = await serve((_, response) => response.end('x'.repeat(5_000)));
    await expect(createPinnedHttp({ baseUrl: crm.url, maxAnswerBytes: 1_000 }).send({ path: '/' })).rejects.toMatchObject({ code: 'server-incompatible' });
  });

  it('cannot poison prototypes', async () => {
    const crm = await serve((_, response) => response.end('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}},"a":1}'));
    const json = readJson(await createPinnedHttp({ baseUrl: crm.url }).send({ path: '/' })) as Record<string, unknown>;
    expect(json).toEqual({ a: 1 });
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });
});

describe('the address of a server', () => {
  const check = (url: string, allowsPlainHttp = false): string => checkServerUrl(url, { allowsPlainHttp });

  it('is taken with TLS, and without on this computer or when agreed to', () => {
    expect(check('crm.example.com/tryton/')).toBe('https://crm.example.com/tryton');
    expect(check('http://127.0.0.1:8000')).toBe('http://127.0.0.1:8000');
    expect(check('http://[::1]:8000/')).toBe('http://[::1]:8000');
    expect(check('http://crm.lan', true)).toBe('http://crm.lan');
    expect(() => check('http://crm.lan')).toThrow(expect.objectContaining({ code: 'no-encryption' }));
    expect(() => check('http://127.0.0.1.evil.example')).toThrow(expect.objectContaining({ code: 'no-encryption' }));
  });

  it.each(['', 'javascript:alert(1)', 'file:///etc/passwd', 'ftp://crm.example', 'https://user:pass@crm.example', 'https://crm.example/?x=1', 'http://169.254.169.254/', 'http://[fe80::1]/', 'https://0xA9FEA9FE/'])(
    'is refused: %s',
    (url) => {
      expect(() => check(url, true)).toThrow(expect.objectContaining({ code: 'rejected' }));
    },
  );
});

describe('Retry-After', () => {
  it('is read as seconds or date, and never longer than six hours', () => {
    expect(retryAtOf('30', 1_000)).toBe(31_000);
    expect(retryAtOf('Thu, 01 Jan 1970 00:01:00 GMT', 1_000)).toBe(60_000);
    expect(retryAtOf('99999999', 0)).toBe(6 * 60 * 60 * 1000);
    expect(retryAtOf('soon', 0)).toBeNull();
    expect(retryAtOf(null, 0)).toBeNull();
  });
});
