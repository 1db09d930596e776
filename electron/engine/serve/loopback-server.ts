import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Engine } from '../engine.ts';
import type { Log } from '../log/log.ts';
import { toRpcError } from '../rpc/to-rpc-error.ts';
import { guardRequest } from './guard-request.ts';
import { PageDoor } from './page-door.ts';
import { receiveUpload } from './receive-upload.ts';
import { respond, respondJson, respondText } from './respond.ts';
import { sendFile } from './send-file.ts';
import { createSessionGate, type SessionGate } from './session-gate.ts';
import { createStaticFiles, type StaticFiles } from './static-files.ts';

export interface LoopbackServer {
  /** Works once, in one browser. */
  readonly link: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

export interface LoopbackOptions {
  readonly engine: Engine;
  readonly log: Log;
  /** The built interface. */
  readonly rendererDir: string;
  /** 0 or absent: any free one. */
  readonly port?: number | undefined;
}

const host = '127.0.0.1';
const maxHeaderBytes = 16 * 1024;
const discardMs = 2_000;

/** Serves the interface on the loopback address, to the one browser that opened the link. */
export const startLoopbackServer = async ({ engine, log, rendererDir, port = 0 }: LoopbackOptions): Promise<LoopbackServer> => {
  const files = createStaticFiles(rendererDir);
  const server = createServer({ maxHeaderSize: maxHeaderBytes });
  const door = new PageDoor((transport) => engine.handleClient(transport));

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const actualPort = (server.address() as AddressInfo).port;
  const authority = `${host}:${actualPort}`;
  const gate = createSessionGate(actualPort);

  server.on('request', (request, response) => {
    handle({ engine, files, gate, authority, request, response }).catch((error: unknown) => {
      const rpcError = toRpcError(error, (unexpected) => log.error('request failed', { error: unexpected }));
      if (response.headersSent) response.destroy();
      else respondJson(response, statusOf(rpcError.code), { error: rpcError });
      discardRest(request);
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = urlOf(request, authority);
    const refusal = guardRequest(request, authority, true);
    const isPage = url?.pathname === '/engine' && gate.hasSession(request.headers.cookie);
    if (refusal !== null || !isPage) {
      log.warn('connection refused', { rule: refusal?.reason ?? 'no session' });
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    door.upgrade(request, socket, head, url.searchParams.get('take') === '1').catch((error: unknown) => {
      log.error('connection failed', { error });
      socket.destroy();
    });
  });

  return {
    link: `http://${authority}/?token=${gate.token}`,
    port: actualPort,
    close: async () => {
      door.close();
      server.closeIdleConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        setTimeout(() => server.closeAllConnections(), 500).unref();
      });
    },
  };
};

interface Exchange {
  readonly engine: Engine;
  readonly files: StaticFiles;
  readonly gate: SessionGate;
  readonly authority: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Null for a target that is no path of ours, such as `http://other/` or `*`. */
const urlOf = (request: IncomingMessage, authority: string): URL | null => {
  const target = request.url ?? '';
  return target.startsWith('/') && !target.startsWith('//') ? URL.parse(target, `http://${authority}`) : null;
};

const handle = async ({ engine, files, gate, authority, request, response }: Exchange): Promise<void> => {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const refusal = guardRequest(request, authority, !isRead);
  if (refusal !== null) return respondText(response, refusal.status, refusal.reason);
  const url = urlOf(request, authority);
  if (url === null) return respondText(response, 400, 'bad request');

  const token = url.pathname === '/' && request.method === 'GET' ? url.searchParams.get('token') : null;
  if (token !== null) return redeem(gate, token, request, response);
  if (!gate.hasSession(request.headers.cookie)) return respondClosed(request, response, url);

  if (request.method === 'POST' && url.pathname === '/upload') {
    return respondJson(response, 200, await receiveUpload(engine.host, url, request));
  }
  if (!isRead) return respondText(response, 405, 'method not allowed');
  const fileId = /^\/files\/([1-9]\d{0,14})$/.exec(url.pathname)?.[1];
  if (fileId !== undefined) {
    const file = await engine.host['host.file']({ attachmentId: Number(fileId) });
    return file === null ? respondText(response, 404, 'not found') : sendFile(file, request, response);
  }
  const avatarId = /^\/avatars\/([1-9]\d{0,14})$/.exec(url.pathname)?.[1];
  if (avatarId !== undefined) {
    const picture = await engine.host['host.avatar']({ avatarId: Number(avatarId) });
    return picture === null ? respondText(response, 404, 'not found') : sendFile(picture, request, response);
  }
  if (await files.send(url.pathname, response, request.method === 'HEAD')) return;
  respondText(response, 404, 'not found');
};

const redeem = (gate: SessionGate, token: string, request: IncomingMessage, response: ServerResponse): void => {
  // Opening the old link again in the browser that has the session simply leads to the page.
  if (gate.hasSession(request.headers.cookie)) return respond(response, 303, { Location: '/' });
  const cookie = gate.redeem(token);
  if (cookie === null) return respondText(response, 403, 'This link was used already. Start Palomar again for a new one.');
  respond(response, 303, { Location: '/', 'Set-Cookie': cookie });
};

/**
 * A link that was clicked in another site's page arrives without the strict cookie, also after the redirect.
 * A navigation that our own page starts has it.
 */
const respondClosed = (request: IncomingMessage, response: ServerResponse, url: URL): void => {
  const cameFromElsewhere = request.headers['sec-fetch-site'] === 'cross-site' && request.headers['sec-fetch-mode'] === 'navigate';
  if (cameFromElsewhere && url.pathname === '/') {
    const page = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>Palomar</title>';
    return respond(response, 200, { 'Content-Type': 'text/html; charset=utf-8' }, page);
  }
  respondText(response, 401, 'Open Palomar with the link that it printed when it started.');
};

/** A browser that still sends a refused upload reads the answer only when it is let finish, for a moment. */
const discardRest = (request: IncomingMessage): void => {
  if (request.complete) return;
  request.resume();
  setTimeout(() => request.destroy(), discardMs).unref();
};

const statusOf = (code: string): number => {
  if (code === 'disk-full') return 507;
  if (code === 'too-large') return 413;
  if (code === 'not-found') return 404;
  return code === 'internal' ? 500 : 400;
};
