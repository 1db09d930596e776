/**
 * The way back from the person's browser: a listener on this computer that takes one answer.
 * @see https://www.rfc-editor.org/rfc/rfc8252#section-7.3
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BridgeError } from '#bridge';
import { pages } from './return-pages.ts';

/** What an answer means, as far as the page that the person sees is concerned; null: not the one we wait for. */
export type ReturnKind = 'welcome' | 'declined' | null;

export interface LoopbackRedirect {
  /** Where the browser is to be sent back to; 127.0.0.1 and a port that was free, unless told otherwise. */
  readonly address: string;
  /** The query of the one answer that was taken. @throws BridgeError `cancelled` after `close`, `expired` too late */
  readonly answer: Promise<URLSearchParams>;
  /** Stops listening; harmless when it was closed already. */
  close(): void;
}

interface Options {
  /** Begins with a slash. What nobody can guess belongs here or into what `judge` looks at. */
  readonly path: string;
  /** Looks at an answer; what it refuses is told so, and the listener goes on waiting. */
  readonly judge: (query: URLSearchParams) => ReturnKind;
  /** Whoever does not come back by then has gone away. */
  readonly patienceMs: number;
  /** For servers that know the address to the letter; any that is free unless told. */
  readonly port?: number | undefined;
  /** What the address calls this computer. Some servers take only `localhost` without TLS. */
  readonly host?: '127.0.0.1' | 'localhost' | undefined;
}

/** Longer than any code or token; Node itself takes no more than 16 KiB of head. */
const mostQueryCharacters = 8_192;

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

/** Starts to listen on 127.0.0.1, and nowhere else. */
export async function listenForReturn({ path, judge, patienceMs, port: wantedPort = 0, host = '127.0.0.1' }: Options): Promise<LoopbackRedirect> {
  const { promise: answer, resolve, reject } = Promise.withResolvers<URLSearchParams>();
  // Somebody may close it without ever waiting.
  answer.catch(() => undefined);
  let isTaken = false;
  // Importing node:http brings Node's fetch and WebSocket with it: 13 MiB of memory and some of the start.
  const { createServer } = process.getBuiltinModule('node:http');
  const http = createServer((request, response) => {
    const query = queryOf(request, host, path);
    if (query === null) return void response.writeHead(404, headers).end();
    const kind = isTaken ? null : judge(query);
    send(response, kind);
    if (kind === null) return;
    isTaken = true;
    resolve(query);
  });
  await new Promise<void>((ready, failed) => {
    http.once('error', failed);
    http.listen(wantedPort, '127.0.0.1', ready);
  });
  const place = http.address();
  const port = typeof place === 'object' && place !== null ? place.port : 0;
  const end = (error: BridgeError): void => {
    clearTimeout(timer);
    reject(error);
    http.close();
    http.closeAllConnections();
  };
  const timer = setTimeout(() => end(new BridgeError('sign-in-expired')), patienceMs);
  timer.unref();
  return { address: `http://${host}:${port}${path}`, answer, close: () => end(new BridgeError('cancelled')) };
}

/** One way in: a GET of the address we made, under the name we gave (a page elsewhere may point its own name here). */
function queryOf(request: IncomingMessage, host: string, path: string): URLSearchParams | null {
  const target = request.url ?? '/';
  if (target.length > mostQueryCharacters || !URL.canParse(target, 'http://127.0.0.1')) return null;
  const url = new URL(target, 'http://127.0.0.1');
  const isOurs = request.method === 'GET' && url.pathname === path && request.headers.host === `${host}:${request.socket.localPort ?? 0}`;
  return isOurs && url.search !== '' ? url.searchParams : null;
}

function send(response: ServerResponse, kind: ReturnKind): void {
  response.writeHead(kind === null ? 400 : 200, headers).end(pages[kind ?? 'unknown']);
}
