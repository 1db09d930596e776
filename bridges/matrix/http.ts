/** JSON over HTTP for the time before there is a session: discovery and login. */
import { BridgeError } from '#bridge';
import { isAllowedOrigin } from '#kit';
import { errorOfAnswer, errorOfSilence } from './errors.ts';

export interface JsonAnswer {
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly body: unknown;
  readonly retryAfter: string | null;
}

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** `follow` only for discovery: nothing secret goes with it. */
  readonly redirect?: 'follow' | 'manual';
  readonly accessToken?: string;
  readonly lookupCode?: 'wrong-address' | 'server-unreachable';
  /** Where an answer may take its time: until somebody has scanned a code. */
  readonly timeoutMs?: number;
}

const timeoutMs = 20_000;
/** A well-known file or a login answer is a few hundred bytes. */
const maxAnswerBytes = 1_000_000;
const maxRedirects = 5;

const readLimited = async (response: Response, mostBytes = maxAnswerBytes): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength;
    if (size > mostBytes) throw new BridgeError('server-incompatible', { detail: 'answer too long' });
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Follows redirects by itself: each place is looked at before anything is sent to it, not afterwards. */
const fetchGuarded = async (url: URL, mostHops: number, init: RequestInit): Promise<Response> => {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const location = response.headers.get('location');
  const isRedirect = response.status >= 300 && response.status < 400 && location !== null && URL.canParse(location, url);
  if (mostHops === 0 || !isRedirect) return response;
  await response.body?.cancel();
  const target = new URL(location, url);
  if (!isAllowedOrigin(target) || (target.protocol === 'http:' && url.protocol === 'https:')) {
    throw new BridgeError('no-encryption', { server: target.host });
  }
  return await fetchGuarded(target, mostHops - 1, init);
};

/** @throws BridgeError when no answer came: unreachable, bad certificate, no such name, cancelled. */
export const requestJson = async (url: URL, request: JsonRequest): Promise<JsonAnswer> => {
  if (!isAllowedOrigin(url)) throw new BridgeError('no-encryption', { server: url.host });
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(request.timeoutMs ?? timeoutMs)]);
  const mostHops = request.redirect === 'follow' ? maxRedirects : 0;
  try {
    const response = await fetchGuarded(url, mostHops, {
      method: request.method ?? 'GET',
      signal,
      headers: {
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(request.accessToken === undefined ? {} : { authorization: `Bearer ${request.accessToken}` }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const body = parseJson(await readLimited(response));
    return { status: response.status, body, retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    if (request.signal.aborted) throw new BridgeError('cancelled', { server: url.host });
    throw errorOfSilence(error, url.host, request.lookupCode);
  }
};

/** Answers of an authorization server are tokens and the data of a client. */
const mostOAuthBytes = 65_536;

/**
 * `fetch` for an authorization server: bounded, never redirected. What is no answer but a problem of the moment is
 * thrown as such, so that nobody takes it for a refusal.
 */
export const oauthSend =
  (signal: AbortSignal) =>
  async (address: string, init: RequestInit): Promise<Response> => {
    const url = new URL(address);
    if (!isAllowedOrigin(url)) throw new BridgeError('no-encryption', { server: url.host });
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
      const text = await readLimited(response, mostOAuthBytes);
      const { status, headers } = response;
      if (status === 429 || status >= 500) throw errorOfAnswer({ status, body: parseJson(text), retryAfter: headers.get('retry-after'), server: url.host }, Date.now());
      return new Response(text === '' ? null : text, { status, headers });
    } catch (error) {
      if (signal.aborted) throw new BridgeError('cancelled', { server: url.host });
      throw errorOfSilence(error, url.host);
    }
  };
