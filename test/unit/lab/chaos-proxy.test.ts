import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChaosProxy } from '../../kit/chaos-proxy.ts';
import { until } from '../../kit/until.ts';

/** A server that remembers what it received, and as which pieces. */
interface EchoServer {
  server: Server;
  port: number;
  received: string;
  pieces: number;
  sockets: Socket[];
  errors: string[];
}

async function startEcho(): Promise<EchoServer> {
  const echo: EchoServer = { server: createServer(), port: 0, received: '', pieces: 0, sockets: [], errors: [] };
  echo.server.on('connection', (socket) => {
    echo.sockets.push(socket);
    socket.on('error', (error: NodeJS.ErrnoException) => echo.errors.push(error.code ?? error.message));
    socket.on('data', (chunk) => {
      echo.received += chunk.toString();
      echo.pieces += 1;
      socket.write(`<${chunk.toString()}>`);
    });
  });
  echo.server.listen(0, '127.0.0.1');
  await once(echo.server, 'listening');
  const address = echo.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  echo.port = address.port;
  return echo;
}

interface Client {
  socket: Socket;
  received: string;
  error: string;
  isClosed: boolean;
}

function openClient(port: number): Client {
  const client: Client = { socket: connect(port, '127.0.0.1'), received: '', error: '', isClosed: false };
  client.socket.setNoDelay(true);
  client.socket.on('data', (chunk) => (client.received += chunk.toString()));
  client.socket.on('error', (error: NodeJS.ErrnoException) => (client.error = error.code ?? error.message));
  client.socket.on('close', () => (client.isClosed = true));
  return client;
}

describe('ChaosProxy', () => {
  let echo: EchoServer;
  let proxy: ChaosProxy;
  const clients: Client[] = [];

  const open = (): Client => {
    const client = openClient(proxy.port);
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    echo = await startEcho();
    proxy = await ChaosProxy.start({ targetPort: echo.port });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.destroy();
    await proxy.close();
    for (const socket of echo.sockets) socket.destroy();
    echo.server.close();
  });

  it('forwards both ways and captures what went through', async () => {
    const client = open();
    client.socket.write('hello');
    await until(() => client.received === '<hello>');
    expect(proxy.captured('up').toString()).toBe('hello');
    expect(proxy.captured('down').toString()).toBe('<hello>');
    expect(proxy.byteCount('down')).toBe(7);
    expect(proxy.connectionCount).toBe(1);
  });

  it('passes a normal close on', async () => {
    const client = open();
    client.socket.end('bye');
    await until(() => echo.received === 'bye' && client.isClosed);
    await until(() => proxy.openConnectionCount === 0);
  });

  it('resets both sides', async () => {
    const client = open();
    client.socket.write('x');
    await until(() => client.received === '<x>');
    proxy.reset();
    await until(() => client.isClosed && echo.errors.length > 0);
    expect(client.error).toBe('ECONNRESET');
    expect(echo.errors).toEqual(['ECONNRESET']);
  });

  it('falls silent without closing', async () => {
    const client = open();
    client.socket.write('a');
    await until(() => client.received === '<a>');
    proxy.blackhole();
    client.socket.write('b');
    await until(() => proxy.captured('up').toString() === 'ab');
    expect({ atServer: echo.received, isClosed: client.isClosed }).toEqual({ atServer: 'a', isClosed: false });
  });

  it('drops one direction only', async () => {
    const client = open();
    proxy.isDropping.down = true;
    client.socket.write('up');
    await until(() => echo.received === 'up');
    await until(() => proxy.captured('down').toString() === '<up>');
    expect(client.received).toBe('');
  });

  it('refuses new connections, and lets them in again after healing', async () => {
    proxy.isRefusing = true;
    const refused = open();
    await until(() => refused.isClosed);
    expect(echo.sockets).toHaveLength(0);
    proxy.heal();
    const welcome = open();
    welcome.socket.write('in');
    await until(() => welcome.received === '<in>');
  });

  it('cuts every message into single bytes', async () => {
    proxy.chunkBytes = 1;
    const client = open();
    client.socket.write('twelve bytes');
    await until(() => echo.received === 'twelve bytes');
    expect(echo.pieces).toBeGreaterThan(6);
  });

  it('adds latency', async () => {
    proxy.latencyMs = 60;
    const client = open();
    const startedAtMs = performance.now();
    client.socket.write('slow');
    await until(() => client.received === '<slow>');
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(118);
  });

  it('cuts after a match that spans chunks, when the bytes have arrived', async () => {
    for (let round = 1; round <= 20; round += 1) {
      echo.received = '';
      const cut = proxy.cutAfter('</message>');
      const client = open();
      client.socket.write('<message>hi</mess');
      await until(() => echo.received.endsWith('</mess'));
      client.socket.write('age>');
      await cut;
      await until(() => client.isClosed && echo.received === '<message>hi</message>', { label: `round ${round}` });
    }
  });

  it('cuts before the matching bytes arrive when told to', async () => {
    const cut = proxy.cutAfter(/<\/message>/, { isForwarded: false });
    const client = open();
    client.socket.write('<message/>');
    await until(() => echo.received === '<message/>');
    client.socket.write('</message>');
    await cut;
    await until(() => client.isClosed && echo.errors.length > 0);
    expect(echo.received).toBe('<message/>');
  });

  it('cuts in the other direction, once', async () => {
    const cut = proxy.cutAfter('<ping>', { direction: 'down', isForwarded: false });
    const first = open();
    first.socket.write('ping');
    await cut;
    await until(() => first.isClosed);
    expect(first.received).toBe('');
    const second = open();
    second.socket.write('ping');
    await until(() => second.received === '<ping>');
  });
});
