/**
 * The one place that puts the access token on a request. It goes to the account's own server and nowhere else;
 * a token that expired is renewed once for everybody who waits, and saved before it is used.
 */
import { BridgeError } from '#bridge';
import { asRecord } from '../event-shape.ts';
import { oauthRefresh, type OAuthAccount } from '../oauth.ts';
import { refreshTokens, type Tokens } from '../refresh.ts';

export interface TokenKeeper {
  /** `fetch` with the token. Never follows a redirect by itself. Only addresses below the base address are allowed. */
  fetch(input: URL | string | Request, init?: RequestInit): Promise<Response>;
}

interface Options {
  readonly baseUrl: string;
  readonly tokens: Tokens;
  /** Resolves when the new tokens are safe in the sealed store. */
  readonly save: (tokens: Tokens) => Promise<void>;
  readonly signal: AbortSignal;
  /** Of an account that signed in by OAuth: its tokens are renewed where they come from. */
  readonly oauth?: OAuthAccount | undefined;
}

const isUnknownToken = async (response: Response): Promise<boolean> => {
  if (response.status !== 401) return false;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return asRecord(body)['errcode'] === 'M_UNKNOWN_TOKEN';
};

export const createTokenKeeper = (options: Options): TokenKeeper => {
  const base = new URL(options.baseUrl);
  const basePath = base.pathname.replace(/\/+$/u, '');
  let { tokens } = options;
  let renewal: Promise<void> | null = null;

  const { baseUrl, oauth, signal } = options;
  const refresh = oauth === undefined ? (token: string) => refreshTokens(baseUrl, token, signal) : oauthRefresh(baseUrl, oauth, signal);

  const renew = async (refreshToken: string): Promise<void> => {
    const fresh = await refresh(refreshToken);
    await options.save(fresh);
    tokens = fresh;
  };

  /** False when nothing can be renewed: the server's refusal is final. */
  const renewAfter = async (usedToken: string): Promise<boolean> => {
    if (tokens.accessToken !== usedToken) return true;
    if (tokens.refreshToken === undefined) return false;
    renewal ??= renew(tokens.refreshToken).finally(() => {
      renewal = null;
    });
    try {
      await renewal;
      return true;
    } catch (error) {
      if (error instanceof BridgeError && error.fault.code === 'signed-out') return false;
      throw error;
    }
  };

  const request = async (url: URL, init: RequestInit): Promise<{ response: Response; usedToken: string }> => {
    const usedToken = tokens.accessToken;
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${usedToken}`);
    return { usedToken, response: await fetch(url, { ...init, headers, redirect: 'manual' }) };
  };

  return {
    async fetch(input, init = {}) {
      const url = new URL(input instanceof Request ? input.url : input);
      const isBelowBase = url.pathname.startsWith(`${basePath}/`);
      // The API of a bridge that our server names lies in a folder of its own below the same address.
      const isKnown = url.pathname.startsWith(`${basePath}/_matrix/`) || url.pathname.includes('/_matrix/provision/v3/');
      if (url.origin !== base.origin || !isBelowBase || !isKnown) {
        throw new BridgeError('internal', { detail: 'request outside of the account server', server: url.host });
      }
      const first = await request(url, init);
      if (!(await isUnknownToken(first.response)) || !(await renewAfter(first.usedToken))) return first.response;
      await first.response.body?.cancel();
      return (await request(url, init)).response;
    },
  };
};
