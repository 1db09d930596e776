import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';

/** A request as it arrived. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** What our client got: a status, or how the connection ended. */
  outcome: number | 'cut before upstream' | 'cut after upstream' | 'upstream failed';
  /** What the real server answered, where it was asked. */
  upstreamStatus?: number | undefined;
}

export type HttpFault =
  /** The server did the work, the client never hears of it. */
  | { kind: 'cut-after-upstream' }
  /** The connection breaks before the server saw anything. */
  | { kind: 'cut-before-upstream' }
  /** An answer of ours; the server is not asked. */
  | { kind: 'answer'; status: number; headers?: Record<string, string> | undefined; body?: string | undefined };

/** A part of "METHOD /path", or a function that also sees headers and body. */
export type RequestMatcher = string | ((seen: SeenRequest) => boolean);

interface PlannedFault {
  matches(seen: SeenRequest): boolean;
  fault: HttpFault;
  timesLeft: number;
}

/** Answer 429 and ask the client to wait. Source: RFC 9110 section 10.2.3. */
export function tooManyRequests(retryAfterSeconds: number): HttpFault {
  return { kind: 'answer', status: 429, headers: { 'retry-after': String(retryAfterSeconds) }, body: 'slow down' };
}

/** Answer 500 without asking the server. */
export function serverError(): HttpFault {
  return { kind: 'answer', status: 500, body: 'the proxy pretends that the server broke' };
}

/** An HTTP proxy before one real server that records every request and breaks those it is told to. */
export class HttpFaultProxy {
  /** Every request so far, in the order they arrived. */
  readonly requests: SeenRequest[] = [];

  readonly #target: URL;
  readonly #server: Server;
  #planned: PlannedFault[] = [];
  #port = 0;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((incoming, outgoing) => void this.#handle(incoming, outgoing));
  }

  /** Starts a proxy before `targetUrl` (http only); stop it with {@link close}. */
  static async start(targetUrl: string): Promise<HttpFaultProxy> {
    const proxy = new HttpFaultProxy(new URL(targetUrl));
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = proxy.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the fault proxy has no port');
    proxy.#port = address.port;
    return proxy;
  }

  /** Use this in place of the server's base URL. */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /**
   * Breaks the next requests that match.
   * @param times how many requests are broken (1)
   */
  failNext(fault: HttpFault, matches: RequestMatcher = '', times = 1): void {
    this.#planned.push({ matches: toPredicate(matches), fault, timesLeft: times });
  }

  /** How many requests of this kind were made. */
  count(matches: RequestMatcher = ''): number {
    return this.requests.filter(toPredicate(matches)).length;
  }

  /** Forgets the recorded requests and the faults that have not struck yet. */
  clear(): void {
    this.requests.length = 0;
    this.#planned = [];
  }

  async close(): Promise<void> {
    const hasClosed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await hasClosed;
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    const seen: SeenRequest = {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: incoming.headers,
      body: body.toString('utf8'),
      outcome: 'upstream failed',
    };
    this.requests.push(seen);
    const fault = this.#takeFault(seen);
    if (fault?.kind === 'answer') {
      seen.outcome = fault.status;
      outgoing.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
      return;
    }
    if (fault?.kind === 'cut-before-upstream') {
      seen.outcome = 'cut before upstream';
      return void incoming.socket.resetAndDestroy();
    }
    await this.#forward(incoming, outgoing, { seen, body, isCutAfter: fault?.kind === 'cut-after-upstream' });
  }

  #takeFault(seen: SeenRequest): HttpFault | undefined {
    const planned = this.#planned.find((candidate) => candidate.timesLeft > 0 && candidate.matches(seen));
    if (!planned) return undefined;
    planned.timesLeft -= 1;
    return planned.fault;
  }

  async #forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { seen, body, isCutAfter }: { seen: SeenRequest; body: Buffer; isCutAfter: boolean },
  ): Promise<void> {
    try {
      const answer = await askUpstream(this.#target, seen, body);
      seen.upstreamStatus = answer.status;
      if (isCutAfter) {
        seen.outcome = 'cut after upstream';
        return void incoming.socket.resetAndDestroy();
      }
      seen.outcome = answer.status;
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      seen.outcome = 'upstream failed';
      incoming.socket.resetAndDestroy();
    }
  }
}

function toPredicate(matcher: RequestMatcher): (seen: SeenRequest) => boolean {
  if (typeof matcher === 'function') return matcher;
  return (seen) => `${seen.method} ${seen.path}`.includes(matcher);
}

interface UpstreamAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Asks the real server and waits for its whole answer, so that a cut afterwards is surely after the work was done. */
function askUpstream(target: URL, seen: SeenRequest, body: Buffer): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    const onward = request(
      {
        host: target.hostname,
        port: target.port,
        method: seen.method,
        path: seen.path,
        headers: { ...withoutHopHeaders(seen.headers), 'content-length': String(body.length) },
        agent: false,
      },
      (answer) => {
        readAll(answer).then((answerBody) => {
          resolve({
            status: answer.statusCode ?? 502,
            headers: { ...withoutHopHeaders(answer.headers), 'content-length': String(answerBody.length) },
            body: answerBody,
          });
        }, reject);
      },
    );
    onward.on('error', reject);
    onward.end(body);
  });
}

/** Bodies are passed on whole, so what describes the connection must not be copied. */
function withoutHopHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const copy = { ...headers };
  delete copy.connection;
  delete copy['transfer-encoding'];
  return copy;
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
