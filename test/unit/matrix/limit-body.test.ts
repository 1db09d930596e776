import { gzipSync } from 'node:zlib';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { limitBody } from '../../../bridges/matrix/worker/limit-body.ts';

describe('the size of an answer', () => {
  it('is let through up to the limit, with status and headers', async () => {
    const given = new Response('{"a":1}', { status: 429, headers: { 'retry-after': '3' } });
    const limited = limitBody(given, 7, 'levante.example');
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('3');
    expect(await limited.json()).toEqual({ a: 1 });
  });

  it('breaks off one byte behind it, naming the server', async () => {
    const limited = limitBody(new Response('12345678'), 7, 'levante.example');
    await expect(limited.text()).rejects.toMatchObject({ fault: { code: 'server-incompatible', server: 'levante.example' } });
  });

  it('counts what a compressed answer becomes', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const server = createServer((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const response = await fetch(`http://127.0.0.1:${port}/`);
    await expect(limitBody(response, 1_000_000, 'bomb.example').text()).rejects.toMatchObject({ fault: { code: 'server-incompatible' } });
  });

  it('leaves an answer without a body alone', () => {
    const empty = new Response(null, { status: 304 });
    expect(limitBody(empty, 1, 'levante.example')).toBe(empty);
  });
});
