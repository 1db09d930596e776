import { AuthNeeded, Permanent, RateLimited, Unknown } from '../errors.ts';
import { failureOf } from './failure-of.ts';
import { readLimited } from './read-limited.ts';
import { retryAtOf } from './retry-at-of.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined;
  /** Path and query below the base address; starts with `/`, or is empty for the address itself. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as they are, instead of JSON; `headers` may name what they are. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Statuses that the product gives a meaning of its own: the caller gets the answer, also where it would be thrown. */
  readonly readsStatus?: ((status: number) => boolean) | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** HTTP that can reach one server only. */
export interface PinnedHttp {
  /**
   * One request, one answer below 500 (401 and 429 excepted).
   * @throws Offline | Unknown | RateLimited | AuthNeeded | Permanent
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export interface PinnedHttpOptions {
  /** From `checkServerUrl`. */
  readonly baseUrl: string;
  readonly timeoutMs?: number | undefined;
  readonly maxAnswerBytes?: number | undefined;
  readonly now?: (() => number) | undefined;
}

const maxRedirects = 3;

/**
 * Pins every request of a connection to the origin the person typed, so that no answer of a server can lead a token
 * elsewhere: redirects to another origin are refused, and those within it are followed for reads only.
 */
export function createPinnedHttp(options: PinnedHttpOptions): PinnedHttp {
  const base = new URL(`${options.baseUrl}/`);
  const timeoutMs = options.timeoutMs ?? 30_000;
  const maxAnswerBytes = options.maxAnswerBytes ?? 64 * 1024 * 1024;
  const now = options.now ?? Date.now;

  return { send };

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    let url = inside(`${base.pathname.replace(/\/$/, '')}${request.path}`);
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const answer = await once(url, request);
      if (answer.status < 300 || answer.status >= 400 || answer.status === 304) return answer;
      url = redirectTarget(url, answer.headers.get('location'), request.method ?? 'GET');
    }
    throw new Permanent('redirect-refused', { detail: 'too many redirects', server: base.host });
  }

  function inside(path: string): URL {
    const url = new URL(path, base);
    if (url.origin !== base.origin) throw new Permanent('redirect-refused', { server: url.host });
    return url;
  }

  function redirectTarget(from: URL, location: string | null, method: string): URL {
    if (location === null || !URL.canParse(location, from.href)) {
      throw new Permanent('server-incompatible', { detail: 'redirect without a place', server: base.host });
    }
    const target = new URL(location, from);
    if (target.origin !== base.origin) throw new Permanent('redirect-refused', { detail: target.origin, server: base.host });
    if (method !== 'GET') {
      throw new Permanent('redirect-refused', { detail: `a write was redirected to ${target.pathname}`, server: base.host });
    }
    return target;
  }

  async function once(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
    const body = request.bytes ?? (request.json === undefined ? undefined : JSON.stringify(request.json));
    const contentType = request.bytes === undefined ? 'application/json' : 'application/octet-stream';
    try {
      const response = await fetch(url, {
        method: request.method ?? 'GET',
        redirect: 'manual',
        signal,
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }), ...request.headers },
        ...(body === undefined ? {} : { body }),
      });
      const bytes = await readLimited(response, maxAnswerBytes);
      if (request.readsStatus?.(response.status) !== true) refuseByStatus(response);
      return { status: response.status, headers: response.headers, bytes };
    } catch (error) {
      throw failureOf(error, base.host);
    }
  }

  function refuseByStatus(response: Response): void {
    const server = base.host;
    if (response.status === 401) throw new AuthNeeded({ detail: 'HTTP 401', server });
    const retryAtMs = retryAtOf(response.headers.get('retry-after'), now());
    if (response.status === 429) throw new RateLimited(retryAtMs ?? now() + 60_000, { detail: 'HTTP 429', server });
    if (response.status === 503 && retryAtMs !== null) throw new RateLimited(retryAtMs, { detail: 'HTTP 503', server });
    if (response.status >= 500) throw new Unknown({ detail: `HTTP ${response.status}`, server }, 'server-error');
  }
}

/** For targets that talk to no server. */
export const noHttp: PinnedHttp = {
  send: () => Promise.reject(new Permanent('internal', { detail: 'this target has no server' })),
};
