/** Requests of ours to the client-server API: JSON in, JSON out, errors in the words of the contract. */
import { BridgeError } from '#bridge';
import { errorOfAnswer, errorOfSilence } from '../errors.ts';
import { asRecord, type JsonRecord } from '../event-shape.ts';
import { limitBody, mostAnswerBytes } from './limit-body.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface ApiRequest {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  /** A query that names something more than once, encoded; instead of `query`. */
  readonly search?: string;
  readonly signal?: AbortSignal;
}

export interface MatrixApi {
  /** `path`: the segments below `/_matrix/client/v3`; each is encoded. @throws BridgeError */
  get(path: readonly string[], request?: ApiRequest): Promise<JsonRecord>;
  put(path: readonly string[], request: ApiRequest): Promise<JsonRecord>;
  post(path: readonly string[], request: ApiRequest): Promise<JsonRecord>;
  delete(path: readonly string[], request?: ApiRequest): Promise<JsonRecord>;
  /** Any address of the server; the answer as it is, errors thrown. */
  raw(path: string, init: RequestInit): Promise<Response>;
}

const timeoutMs = 30_000;
const prefix = '/_matrix/client/v3';

export const createMatrixApi = (baseUrl: string, keeper: TokenKeeper, closing: AbortSignal): MatrixApi => {
  const server = new URL(baseUrl).host;

  const raw = async (path: string, init: RequestInit): Promise<Response> => {
    let response: Response;
    try {
      response = await keeper.fetch(baseUrl + path, init);
    } catch (error) {
      if (init.signal?.aborted === true && !isTimeout(init.signal)) throw new BridgeError('cancelled', { server });
      throw errorOfSilence(error, server);
    }
    if (response.ok || (response.status >= 300 && response.status < 400)) return response;
    const body: unknown = await response.json().catch(() => undefined);
    throw errorOfAnswer({ status: response.status, body, retryAfter: response.headers.get('retry-after'), server }, Date.now());
  };

  const json = async (method: string, path: readonly string[], request: ApiRequest): Promise<JsonRecord> => {
    const search = request.search ?? new URLSearchParams(request.query ?? {}).toString();
    const query = search === '' ? '' : `?${search}`;
    const signals = [closing, AbortSignal.timeout(timeoutMs), ...(request.signal === undefined ? [] : [request.signal])];
    const answer = await raw(`${[prefix, ...path.map(encodeURIComponent)].join('/')}${query}`, {
      method,
      signal: AbortSignal.any(signals),
      ...(request.body === undefined
        ? {}
        : { body: JSON.stringify(request.body), headers: { 'content-type': 'application/json' } }),
    });
    const response = limitBody(answer, mostAnswerBytes, server);
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok || body === undefined) throw new BridgeError('server-incompatible', { server });
    return asRecord(body);
  };

  return {
    get: (path, request = {}) => json('GET', path, request),
    put: (path, request) => json('PUT', path, request),
    post: (path, request) => json('POST', path, request),
    delete: (path, request = {}) => json('DELETE', path, request),
    raw,
  };
};

const isTimeout = (signal: AbortSignal): boolean =>
  signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
