import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMatrixApi } from '../../../bridges/matrix/worker/api.ts';
import { downloadMedia } from '../../../bridges/matrix/worker/media.ts';
import { createTokenKeeper } from '../../../bridges/matrix/worker/token-keeper.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startFakeHomeserver, type FakeHomeserver } from './fake-homeserver.ts';

const { signal } = new AbortController();

const download = (server: FakeHomeserver, path: string, maxBytes = 1_000): Promise<void> => {
  const keeper = createTokenKeeper({ baseUrl: server.baseUrl, tokens: { accessToken: 'secret' }, signal, save: async () => undefined });
  return downloadMedia(createMatrixApi(server.baseUrl, keeper, signal), server.baseUrl, 'mxc://example.org/abc', path, maxBytes, signal);
};

describe('a download that is redirected', () => {
  it('is followed to another host without the token', async () => {
    const server = await startFakeHomeserver();
    const content = await startFakeHomeserver();
    server.on('GET /_matrix/client/v1/media/download/', { status: 307, headers: { location: `${content.baseUrl}/file` } });
    content.on('GET /file', { body: 'the file' });
    const path = join(tempFolder('media'), 'file');
    await download(server, path);
    expect(readFileSync(path, 'utf8')).toBe('the file');
    expect(server.requests.map(({ token }) => token)).toEqual(['Bearer secret']);
    expect(content.requests.map(({ token }) => token)).toEqual([undefined]);
  });

  it.each(['http://192.0.2.1/file', 'file:///etc/passwd', 'ftp://example.org/x', '//192.0.2.1/x'])('is not followed to %s', async (location) => {
    const server = await startFakeHomeserver();
    server.on('GET /_matrix/client/v1/media/download/', { status: 307, headers: { location } });
    await expect(download(server, join(tempFolder('media'), 'file'))).rejects.toMatchObject({ fault: { code: 'no-encryption' } });
  });

  it('in a circle ends', async () => {
    const server = await startFakeHomeserver();
    server.on('GET /', { status: 307, headers: { location: '/_matrix/client/v1/media/download/again' } });
    await expect(download(server, join(tempFolder('media'), 'file'))).rejects.toMatchObject({ fault: { code: 'server-incompatible' } });
    expect(server.requests.length).toBeLessThan(6);
  });
});

it('a body longer than it said it would be is cut off at the limit', async () => {
  const server = await startFakeHomeserver();
  server.on('GET /_matrix/client/v1/media/download/', { body: 'x'.repeat(1_001), headers: { 'transfer-encoding': 'chunked' } });
  await expect(download(server, join(tempFolder('media'), 'file'))).rejects.toMatchObject({ fault: { code: 'too-large', limitBytes: 1_000 } });
});
