import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { pickFreePorts } from './free-ports.ts';
import type { ServerCertificate } from './certificates.ts';

export interface TlsFrontOptions {
  certificate: ServerCertificate;
  /** What is answered at fixed paths: JSON for objects, else the text as it stands. */
  routes?: Readonly<Record<string, TlsFrontRoute>> | undefined;
  /** Everything else goes to this port of 127.0.0.1 over plain http; without it the answer is 404. */
  upstreamPort?: number | undefined;
}

export interface TlsFrontRoute {
  contentType: string;
  body: string;
}

export interface TlsFront {
  port: number;
  stop(): Promise<void>;
}

/** An https server with a certificate of the lab, for discovery documents and for servers that speak plain http only. */
export async function startTlsFront(options: TlsFrontOptions): Promise<TlsFront> {
  const { certificate, routes = {}, upstreamPort } = options;
  const [port = 0] = await pickFreePorts(1);
  const server = createServer(
    { key: readFileSync(certificate.keyFile), cert: readFileSync(certificate.certFile) },
    (incoming, outgoing) => {
      const path = new URL(incoming.url ?? '/', 'https://localhost').pathname;
      const route = routes[path];
      if (route) return answerRoute(outgoing, route);
      if (upstreamPort === undefined) return void outgoing.writeHead(404).end();
      forward(incoming, outgoing, upstreamPort);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // The lab must not keep a process alive whose work is done.
  server.unref();
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerRoute(outgoing: ServerResponse, route: TlsFrontRoute): void {
  outgoing.writeHead(200, { 'content-type': route.contentType, 'access-control-allow-origin': '*' });
  outgoing.end(route.body);
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const onward = request(
    { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers: incoming.headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
