// needs: electron
/** Junk at the app's own protocol: only its files, attachments by row id and uploads are there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from './kit/launch-app.ts';

describe('palomar://app/', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await launchApp();
  });
  afterAll(() => app.close());

  const statusOf = (url: string, init: { readonly method?: string; readonly body?: string } = {}): Promise<number> =>
    app.page.evaluate(async ([address, options]) => await fetch(address, options).then((answer) => answer.status, () => 0), [url, init] as const);

  it.each([
    '/../../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/....//package.json',
    '/main/index.cjs',
    '/.hidden',
    '//etc/passwd',
    '/index.html%00.png',
    '/index.html/',
    '/C:/Windows/win.ini',
    '/files/',
    '/files/0',
    '/files/-1',
    '/files/1.5',
    '/files/1e3',
    '/files/99999999999999999999',
    '/files/9007199254740993',
    '/files/1/../../../etc/passwd',
    '/files/abc',
    '/upload/x',
    '/assets/%ff%fe',
  ])('has nothing at %s', async (path) => {
    expect([404, 0]).toContain(await statusOf(path));
  });

  it('is one host: others of its scheme are nobody', async () => {
    for (const url of ['palomar://other/', 'palomar://app.evil/', 'palomar://localhost/']) {
      expect([url, await statusOf(url)]).not.toEqual([url, 200]);
    }
  });

  it('takes no other methods', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) expect([405, 0]).toContain(await statusOf('/', { method }));
    expect(await statusOf('/upload?name=x')).toBe(405);
  });

  it('refuses an upload without a usable name', async () => {
    expect(await statusOf('/upload', { method: 'POST', body: 'x' })).toBe(400);
    expect(await statusOf(`/upload?name=${'n'.repeat(300)}`, { method: 'POST', body: 'x' })).toBe(400);
  });

  it('refuses an address without end', async () => {
    expect([414, 0]).toContain(await statusOf(`/${'a'.repeat(1_000_000)}`));
  });

  it('serves the page with headers that keep it closed', async () => {
    const headers = await app.page.evaluate(async () => Object.fromEntries((await fetch('/')).headers));
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });
});
