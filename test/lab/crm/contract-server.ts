import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ContractRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** Words of the route's pattern that begin with a colon. */
  readonly params: Readonly<Record<string, string>>;
  /** The body as JSON; a violation of the contract when it is none. */
  json(): Record<string, unknown>;
  /** The parts of a multipart/form-data body; a violation when it is none. */
  form(): Promise<FormData>;
}

export interface ContractAnswer {
  readonly status?: number | undefined;
  readonly json?: unknown;
  readonly bytes?: Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface ContractRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/crm/v3/objects/:type/:id` */
  readonly path: string;
  /** May throw a {@link Violation} (answered 400 and kept) or an {@link Answered} (an ordinary refusal). */
  handle(request: ContractRequest): ContractAnswer | Promise<ContractAnswer>;
}

export interface ContractRules {
  readonly routes: readonly ContractRoute[];
  /** Null: let in. Called before every route. */
  authorize(request: ContractRequest): ContractAnswer | null;
  /** What the vendor answers to something its documentation does not know; default `{ error }`. */
  refuse?(status: number, why: string): ContractAnswer;
  /** Requests in any window of a second before the vendor answers 429. */
  readonly mostPerSecond?: number | undefined;
}

/** The request is not as the vendor's documentation says. Fails the test that sent it. */
export class Violation extends Error {}

/** A refusal that the vendor documents: not found, conflict, a rule of a field. */
export class Answered extends Error {
  readonly answer: ContractAnswer;
  constructor(answer: ContractAnswer) {
    super(`HTTP ${answer.status}`);
    this.answer = answer;
  }
}

/**
 * A server that speaks one vendor's API as its documentation writes it, for products that cannot run here. What it is
 * asked outside of that contract is refused and kept in {@link violations}; its records outlive {@link kill}.
 */
export class ContractServer {
  /** Every request that broke the contract, in words. A suite asserts that there is none. */
  readonly violations: string[] = [];
  readonly #rules: ContractRules;
  #server: Server | null = null;
  #port = 0;
  #recent: number[] = [];

  private constructor(rules: ContractRules) {
    this.#rules = rules;
  }

  static async start(rules: ContractRules): Promise<ContractServer> {
    const server = new ContractServer(rules);
    await server.restart();
    return server;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Stops answering at once; connections break. */
  readonly kill = async (): Promise<void> => {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };

  /** Answers again, at the same address and with the same records. */
  readonly restart = async (): Promise<void> => {
    const server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  };

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const { status = 200, json, bytes, headers = {} } = await this.#judge(request);
    const body = bytes ?? (json === undefined ? null : Buffer.from(JSON.stringify(json)));
    outgoing.writeHead(status, { ...(bytes === undefined && body !== null ? { 'content-type': 'application/json' } : {}), ...headers });
    outgoing.end(body);
  }

  async #judge(request: ContractRequest): Promise<ContractAnswer> {
    const { routes, authorize } = this.#rules;
    const refuse = this.#rules.refuse ?? ((status, error) => ({ status, json: { error } }));
    if (this.#isTooMany()) return { ...refuse(429, 'too many requests'), headers: { 'retry-after': '1' } };
    try {
      const refused = authorize(request);
      if (refused !== null) return refused;
      for (const route of routes) {
        const params = route.method === request.method ? matchPath(route.path, request.path) : null;
        if (params !== null) return await route.handle({ ...request, params });
      }
      throw new Violation('no such method and path in the documentation');
    } catch (error) {
      if (error instanceof Answered) return error.answer;
      const why = error instanceof Error ? error.message : String(error);
      this.violations.push(`${request.method} ${request.path}: ${why}`);
      return error instanceof Violation ? refuse(400, why) : refuse(500, why);
    }
  }

  #isTooMany(): boolean {
    const now = performance.now();
    this.#recent = [...this.#recent.filter((at) => now - at < 1_000), now];
    return this.#recent.length > (this.#rules.mostPerSecond ?? Number.POSITIVE_INFINITY);
  }
}

/** Throws a {@link Violation} with these words unless it holds. */
export function require(holds: unknown, why: string): asserts holds {
  if (!holds) throw new Violation(why);
}

async function readRequest(incoming: IncomingMessage): Promise<ContractRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const url = new URL(incoming.url ?? '/', 'http://contract');
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: incoming.method ?? 'GET',
    path: decodeURI(url.pathname),
    query: url.searchParams,
    headers,
    bytes,
    params: {},
    json: () => readJson(bytes, headers['content-type'] ?? ''),
    form: () => readForm(bytes, headers['content-type'] ?? ''),
  };
}

function readJson(bytes: Buffer, contentType: string): Record<string, unknown> {
  require(/^application\/(?:[\w.+-]+\+)?json\b/.test(contentType), `content-type ${contentType} where JSON belongs`);
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch {
    throw new Violation('the body is no JSON');
  }
}

async function readForm(bytes: Buffer, contentType: string): Promise<FormData> {
  require(contentType.startsWith('multipart/form-data; boundary='), `content-type ${contentType} where a form belongs`);
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
}

/** Null: another path. */
function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, word] of wanted.entries()) {
    const value = given[index] ?? '';
    if (word.startsWith(':') && value !== '') params[word.slice(1)] = value;
    else if (word !== value) return null;
  }
  return params;
}
