import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpFaultProxy, serverError, tooManyRequests } from '../../kit/http-fault-proxy.ts';

describe('HttpFaultProxy', () => {
  let upstream: Server;
  let created: string[];
  let proxy: HttpFaultProxy;

  beforeEach(async () => {
    created = [];
    upstream = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        created.push(body);
        outgoing.writeHead(201, { 'content-type': 'application/json', 'x-number': String(created.length) });
        outgoing.end(JSON.stringify({ body }));
      });
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const address = upstream.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    proxy = await HttpFaultProxy.start(`http://127.0.0.1:${address.port}`);
  });

  afterEach(async () => {
    await proxy.close();
    upstream.close();
  });

  const post = (path: string, body: string): Promise<Response> => fetch(`${proxy.baseUrl}${path}`, { method: 'POST', body });

  it('passes requests and answers on unchanged, and records them', async () => {
    const answer = await post('/notes?x=1', 'mañana');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-number')).toBe('1');
    expect(await answer.json()).toEqual({ body: 'mañana' });
    expect(proxy.requests).toMatchObject([{ method: 'POST', path: '/notes?x=1', body: 'mañana', outcome: 201 }]);
    expect(proxy.count('POST /notes')).toBe(1);
    expect(proxy.count((seen) => seen.body === 'other')).toBe(0);
  });

  it('cuts the client off after the server did the work', async () => {
    proxy.failNext({ kind: 'cut-after-upstream' }, '/notes');
    await expect(post('/notes', 'once')).rejects.toThrow();
    expect(created).toEqual(['once']);
    expect(proxy.requests[0]).toMatchObject({ outcome: 'cut after upstream', upstreamStatus: 201 });
    await expect(post('/notes', 'again').then((answer) => answer.status)).resolves.toBe(201);
  });

  it('cuts the client off before the server hears of it', async () => {
    proxy.failNext({ kind: 'cut-before-upstream' });
    await expect(post('/notes', 'lost')).rejects.toThrow();
    expect(created).toEqual([]);
  });

  it('answers 429 with Retry-After and 500 without asking the server', async () => {
    proxy.failNext(tooManyRequests(7));
    proxy.failNext(serverError(), '', 2);
    const slow = await post('/notes', 'a');
    expect({ status: slow.status, retryAfter: slow.headers.get('retry-after') }).toEqual({ status: 429, retryAfter: '7' });
    expect([(await post('/notes', 'b')).status, (await post('/notes', 'c')).status]).toEqual([500, 500]);
    expect(created).toEqual([]);
    expect((await post('/notes', 'd')).status).toBe(201);
  });

  it('breaks only what matches, and forgets on request', async () => {
    proxy.failNext(serverError(), (seen) => seen.body.includes('bad'), 5);
    expect((await post('/notes', 'good')).status).toBe(201);
    expect((await post('/notes', 'bad')).status).toBe(500);
    proxy.clear();
    expect(proxy.requests).toEqual([]);
    expect((await post('/notes', 'bad')).status).toBe(201);
  });

  it('breaks the connection when the server is not there', async () => {
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    await expect(post('/notes', 'x')).rejects.toThrow();
    expect(proxy.requests[0]?.outcome).toBe('upstream failed');
  });
});
