import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { requestJson } from '../../../bridges/matrix/http.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server of a stranger on this computer that answers every request with a redirect; counts who asked. */
const redirectingTo = async (location: string): Promise<{ readonly url: URL; readonly paths: string[] }> => {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(302, { location }).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/matrix/client`), paths };
};

describe('a redirect of a domain that is asked for its server', () => {
  // 192.0.2.0/24 leads nowhere (RFC 5737): whoever goes there hears "unreachable" instead, after a long time.
  it.each(['http://192.0.2.1/', 'file:///etc/passwd', 'ftp://192.0.2.1/'])('to %s is refused before it is followed', async (location) => {
    const { url } = await redirectingTo(location);
    const asked = requestJson(url, { redirect: 'follow', signal: AbortSignal.timeout(5_000) });
    await expect(asked).rejects.toMatchObject({ fault: { code: 'no-encryption' } });
  });

  it('is followed to a place that may be asked, a few times only', async () => {
    const { url, paths } = await redirectingTo('/again');
    const answer = await requestJson(url, { redirect: 'follow', signal: AbortSignal.timeout(5_000) });
    expect(answer.status).toBe(302);
    expect(paths).toHaveLength(6);
  });

  it('is not followed at all where a secret goes along', async () => {
    const { url, paths } = await redirectingTo('/again');
    const request = { method: 'POST', body: { password: 'x' }, signal: AbortSignal.timeout(5_000) } as const;
    expect((await requestJson(url, request)).status).toBe(302);
    expect(paths).toHaveLength(1);
  });
});
