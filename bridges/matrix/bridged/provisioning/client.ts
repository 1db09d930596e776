/**
 * Talks to a bridge's provisioning API (bridgev2, v3). Who we are is proved in one of two ways: below the address of our
 * own homeserver (and named by it) with our access token, everywhere else with an OpenID token, which is good for nothing but our name.
 */
import { BridgeError } from '#bridge';
import { isAllowedOrigin } from '#kit';
import { errorOfAnswer } from '../../errors.ts';
import { asCount, asRecord, asString, type JsonRecord } from '../../event-shape.ts';
import { requestJson } from '../../http.ts';
import type { AccountContext } from '../../worker/account-context.ts';
import { limitBody } from '../../worker/limit-body.ts';

export interface ProvisioningClient {
  readonly url: string;
  readonly trust: 'own' | 'other';
  get(path: readonly string[], signal: AbortSignal): Promise<JsonRecord>;
  post(path: readonly string[], request: { readonly body?: unknown; readonly query?: Readonly<Record<string, string>>; readonly timeoutMs?: number }, signal: AbortSignal): Promise<JsonRecord>;
}

type Context = Pick<AccountContext, 'api' | 'baseUrl' | 'selfId'>;

const prefix = '/_matrix/provision/v3';
const usualTimeoutMs = 20_000;
const mostAnswerBytes = 2_000_000;

/** @throws BridgeError `wrong-address`, `no-encryption` */
export const readBridgeUrl = (typed: string): string => {
  const isUrl = /^https?:\/\//iu.test(typed) && URL.canParse(typed);
  const url = isUrl ? new URL(typed) : null;
  if (url === null || url.username !== '' || url.password !== '') throw new BridgeError('wrong-address', { detail: typed.slice(0, 255) });
  if (!isAllowedOrigin(url)) throw new BridgeError('no-encryption', { server: url.host });
  return `${url.origin}${url.pathname.replace(/\/+$/u, '').replace(/\/_matrix\/provision(?:\/v3)?$/u, '')}`;
};

/** True for addresses below that of our own homeserver, which has our token anyway. */
const isBelow = (url: string, baseUrl: string): boolean => url === baseUrl || url.startsWith(`${baseUrl}/`);

/** Refusals of a bridge are not those of our server: nothing here means that our account is signed out. */
const refusal = (status: number, body: unknown, server: string): BridgeError => {
  const { fault } = errorOfAnswer({ status, body, server }, Date.now());
  return new BridgeError(status === 401 ? 'forbidden' : fault.code, fault);
};

/** Renewed before it ends; a bridge asks our server about each of them. */
const openIdTokens = (context: Context): ((signal: AbortSignal) => Promise<string>) => {
  let held: { readonly token: string; readonly untilMs: number } | null = null;
  return async (signal) => {
    if (held !== null && held.untilMs > Date.now()) return held.token;
    const answer = await context.api.post(['user', context.selfId, 'openid', 'request_token'], { body: {}, signal });
    const token = asString(answer['access_token']);
    if (token === undefined) throw new BridgeError('server-incompatible', { detail: 'no OpenID token' });
    held = { token, untilMs: Date.now() + (asCount(answer['expires_in']) ?? 0) * 500 };
    return token;
  };
};

/**
 * A client for one bridge. `url` comes from {@link readBridgeUrl}; `isNamed`: our own server says that it is a bridge of
 * its. What a person typed may be anything, also on the host of our server.
 */
export const createProvisioningClient = (context: Context, url: string, isNamed: boolean): ProvisioningClient => {
  const server = new URL(url).host;
  const isOwnServer = isNamed && isBelow(url, context.baseUrl);
  const openId = openIdTokens(context);

  const pathOf = (path: readonly string[], query: Readonly<Record<string, string>> = {}): string => {
    const search = new URLSearchParams({ user_id: context.selfId, ...query }).toString();
    return `${url}${[prefix, ...path.map(encodeURIComponent)].join('/')}?${search}`;
  };

  /** Through the keeper of the token, which lets it go nowhere else. */
  const askOwn = async (method: 'GET' | 'POST', address: string, body: unknown, signal: AbortSignal): Promise<JsonRecord> => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await context.api
      .raw(address.slice(context.baseUrl.length), { method, signal, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      .catch((error: unknown) => {
        throw error instanceof BridgeError && error.fault.code === 'signed-out' ? new BridgeError('forbidden', error.fault) : error;
      });
    return asRecord(await limitBody(response, mostAnswerBytes, server).json().catch(() => null));
  };
  const askOther = async (method: 'GET' | 'POST', address: string, body: unknown, signal: AbortSignal, timeoutMs: number): Promise<JsonRecord> => {
    const accessToken = `openid:${await openId(signal)}`;
    const answer = await requestJson(new URL(address), { method, signal, accessToken, timeoutMs, ...(body === undefined ? {} : { body }) });
    if (answer.status < 200 || answer.status > 299) throw refusal(answer.status, answer.body, server);
    return asRecord(answer.body);
  };
  const ask = (method: 'GET' | 'POST', address: string, body: unknown, signal: AbortSignal, timeoutMs = usualTimeoutMs): Promise<JsonRecord> =>
    isOwnServer
      ? askOwn(method, address, body, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
      : askOther(method, address, body, signal, timeoutMs);

  return {
    url,
    trust: isOwnServer ? 'own' : 'other',
    get: (path, signal) => ask('GET', pathOf(path), undefined, signal),
    post: (path, { body, query, timeoutMs }, signal) => ask('POST', pathOf(path, query), body, signal, timeoutMs),
  };
};
