/** A homeserver that says exactly what a test wants, over plain HTTP on this computer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  readonly body: string;
  /** False when the client hung up. */
  isOpen(): boolean;
}

type Handler = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

export interface FakeHomeserver {
  readonly baseUrl: string;
  readonly requests: readonly FakeRequest[];
  /** Answers requests whose "METHOD path" begins like this; later ones go before earlier ones. */
  on(prefix: string, handler: Handler | FakeAnswer): void;
  /** Answers the next `/sync` with this; without any the request stays open for a moment. */
  sync(response: unknown): void;
}

const readBody = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const reply = (outgoing: ServerResponse, { status = 200, body = {}, headers = {} }: FakeAnswer): void => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
};

/** Ends with the test that started it. */
export const startFakeHomeserver = async (): Promise<FakeHomeserver> => {
  const requests: FakeRequest[] = [];
  const handlers: (readonly [string, Handler])[] = [];
  const responses: unknown[] = [];
  let wake: () => void = () => undefined;

  const on: FakeHomeserver['on'] = (prefix, handler) => {
    handlers.unshift([prefix, typeof handler === 'function' ? handler : () => handler]);
  };

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const url = new URL(incoming.url ?? '/', 'http://fake');
      const request = {
        method: incoming.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        token: incoming.headers.authorization,
        body: await readBody(incoming),
        isOpen: () => !outgoing.destroyed,
      };
      requests.push(request);
      const found = handlers.find(([prefix]) => `${request.method} ${request.path}`.startsWith(prefix));
      reply(outgoing, found === undefined ? { status: 404, body: { errcode: 'M_UNRECOGNIZED' } } : await found[1](request));
    })();
  });

  on('GET /_matrix/client/versions', { body: { versions: ['v1.11'] } });
  on('GET /_matrix/client/v3/login', { body: { flows: [{ type: 'm.login.password' }] } });
  on('GET /_matrix/client/v3/pushrules', { body: { global: {} } });
  on('POST /_matrix/client/v3/user', { body: { filter_id: '1' } });
  on('GET /_matrix/client/v3/user', { body: {} });
  on('GET /_matrix/client/v3/capabilities', { body: { capabilities: {} } });
  on('GET /_matrix/client/v1/media/config', { body: { 'm.upload.size': 1_000 } });
  on('GET /_matrix/client/v3/sync', async ({ query, isOpen }) => {
    if (responses.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 500);
      });
    }
    // Nobody listens any more: keep it for who asks next.
    const response = isOpen() ? responses.shift() : undefined;
    return { body: response ?? { next_batch: query.get('since') ?? 's0' } };
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    baseUrl: `http://127.0.0.1:${String(address.port)}`,
    requests,
    on,
    sync(response) {
      responses.push(response);
      wake();
    },
  };
};
