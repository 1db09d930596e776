/** Small pictures: those that messages claim are never fetched, those of people are what their bytes are. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAttachment } from '../../../bridges/matrix/receive/attachment.ts';
import { createMatrixApi } from '../../../bridges/matrix/worker/api.ts';
import { downloadThumbnail } from '../../../bridges/matrix/worker/media.ts';
import { createTokenKeeper } from '../../../bridges/matrix/worker/token-keeper.ts';
import { inspectFile } from '../../../electron/engine/files/inspect-file.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startFakeHomeserver, type FakeHomeserver } from './fake-homeserver.ts';

const { signal } = new AbortController();
const place = 'GET /_matrix/client/v1/media/thumbnail/';

const fetchSmall = async (server: FakeHomeserver, mxc = 'mxc://example.org/abc', path = join(tempFolder('thumbnail'), 'file')): Promise<string> => {
  const keeper = createTokenKeeper({ baseUrl: server.baseUrl, tokens: { accessToken: 'secret' }, signal, save: async () => undefined });
  await downloadThumbnail(createMatrixApi(server.baseUrl, keeper, signal), server.baseUrl, mxc, path, 1_000, signal);
  return path;
};

describe('the small picture that a message brings along', () => {
  const key = { url: 'mxc://example.org/small', key: { kty: 'oct', key_ops: [], alg: 'A256CTR', k: 'x', ext: true }, iv: 'x', hashes: {}, v: 'v2' };

  it.each([
    ['a page', { thumbnail_url: 'mxc://example.org/small', thumbnail_info: { mimetype: 'text/html' } }],
    ['a drawing with scripts', { thumbnail_url: 'mxc://example.org/small', thumbnail_info: { mimetype: 'image/svg+xml' } }],
    ['an address elsewhere', { thumbnail_url: 'https://example.org/small.png', thumbnail_info: { mimetype: 'image/png' } }],
    ['an encrypted one', { thumbnail_file: key, thumbnail_info: { mimetype: 'image/png' } }],
  ])('is left alone: %s', (_name, claims) => {
    const info = { mimetype: 'image/jpeg', size: 10, w: 4, h: 3 };
    const content = { msgtype: 'm.image', body: 'boat.jpg', url: 'mxc://example.org/large' };
    const told = readAttachment({ ...content, info: { ...info, ...claims } });
    expect(told).toEqual(readAttachment({ ...content, info }));
    expect(told?.source).toBe('mxc://example.org/large');
  });
});

describe('the small picture of a person', () => {
  it.each([
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a drawing with scripts', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ])('is no picture because the server says so: %s', async (_name, body) => {
    const server = await startFakeHomeserver();
    server.on(place, { body, headers: { 'content-type': 'image/png' } });
    expect(await inspectFile(await fetchSmall(server))).toMatchObject({ imageMime: null, isInline: false });
  });

  it('is cut off at the limit, and nothing of it stays', async () => {
    const server = await startFakeHomeserver();
    server.on(place, { body: 'x'.repeat(1_001), headers: { 'transfer-encoding': 'chunked' } });
    const path = join(tempFolder('thumbnail'), 'file');
    await expect(fetchSmall(server, undefined, path)).rejects.toMatchObject({ fault: { code: 'too-large', limitBytes: 1_000 } });
    expect(existsSync(path)).toBe(false);
  });

  it('may lie elsewhere, where our token does not go', async () => {
    const [server, content] = [await startFakeHomeserver(), await startFakeHomeserver()];
    server.on(place, { status: 307, headers: { location: `${content.baseUrl}/small` } });
    content.on('GET /small', { body: 'bytes' });
    await fetchSmall(server);
    expect([server, content].map(({ requests }) => requests.map(({ token }) => token))).toEqual([['Bearer secret'], [undefined]]);
  });

  it.each(['mxc://example.org/../../v3/logout', 'mxc://example.org/a?redirect=x', 'mxc://exam ple/abc', 'https://example.org/abc', 'mxc://example.org/'])(
    'is not asked for at %s',
    async (mxc) => {
      const server = await startFakeHomeserver();
      await expect(fetchSmall(server, mxc)).rejects.toMatchObject({ fault: { code: 'rejected' } });
      expect(server.requests).toEqual([]);
    },
  );
});
