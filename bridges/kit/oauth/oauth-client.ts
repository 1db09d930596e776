/**
 * A public OAuth 2 client: registration, authorization code with PKCE, refresh and revocation, over `oauth4webapi`.
 * Whoever uses it brings the requests (`send`): bounded answers, no redirects, its own proxy. See docs/decisions.
 */
import * as oauth from 'oauth4webapi';
import { BridgeError } from '#bridge';
import { toOAuthFault } from './oauth-errors.ts';
import type { OAuthServer } from './oauth-server.ts';

/** Like `fetch`. @throws BridgeError when no answer came */
export type OAuthSend = (url: string, init: RequestInit) => Promise<Response>;

export interface OAuthTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** What was granted, where the server says so. */
  readonly scope: string | undefined;
}

interface Place {
  readonly server: OAuthServer;
  readonly clientId: string;
  readonly send: OAuthSend;
}

const optionsOf = (send: OAuthSend): { [oauth.customFetch]: OAuthSend; [oauth.allowInsecureRequests]: true } => ({
  [oauth.customFetch]: send,
  // Addresses were looked at before (`checkOAuthServer`): plain HTTP leads to this computer only.
  [oauth.allowInsecureRequests]: true,
});

const hostOf = ({ issuer }: OAuthServer): string => new URL(issuer).host;

const toTokens = ({ access_token: accessToken, refresh_token: refreshToken, scope }: oauth.TokenEndpointResponse): OAuthTokens => ({ accessToken, refreshToken, scope });

/**
 * Makes this program known to the server. @returns the name under which it is known there
 * @throws BridgeError `no-login-method` when the server takes no programs, or not this one
 */
export async function registerClient(server: OAuthServer, metadata: Readonly<Record<string, oauth.JsonValue>>, send: OAuthSend): Promise<string> {
  if (server.registration_endpoint === undefined) throw new BridgeError('no-login-method', { server: hostOf(server), detail: 'takes no registrations of programs' });
  try {
    const response = await oauth.dynamicClientRegistrationRequest(server, metadata, optionsOf(send));
    const { client_id: clientId } = await oauth.processDynamicClientRegistrationResponse(response);
    if (clientId.length === 0 || clientId.length > 512) throw new BridgeError('server-incompatible', { server: hostOf(server), detail: 'odd client id' });
    return clientId;
  } catch (error) {
    throw toOAuthFault(error, hostOf(server), 'no-login-method');
  }
}

export interface Authorization {
  /** For the person's browser. */
  readonly link: string;
  /** Whether an answer belongs to this authorization; all others are worth nothing. */
  isAnswer(query: URLSearchParams): boolean;
  /** Changes the answer's code into tokens; once. @throws BridgeError `sign-in-declined` */
  finish(query: URLSearchParams): Promise<OAuthTokens>;
}

/** Begins an authorization with a fresh state and a fresh PKCE verifier (S256). Nothing was sent yet. */
export async function beginAuthorization({ server, clientId, send }: Place, redirectUri: string, parameters: Readonly<Record<string, string>>): Promise<Authorization> {
  const state = oauth.generateRandomState();
  const verifier = oauth.generateRandomCodeVerifier();
  const link = new URL(server.authorization_endpoint);
  const all = {
    ...parameters,
    ...{ response_type: 'code', response_mode: 'query', client_id: clientId, redirect_uri: redirectUri, state },
    ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
  };
  for (const [name, value] of Object.entries(all)) link.searchParams.set(name, value);
  const client = { client_id: clientId };
  return {
    link: link.href,
    isAnswer: (query) => query.get('state') === state && query.getAll('state').length === 1 && (query.has('code') || query.has('error')),
    async finish(query) {
      try {
        const checked = oauth.validateAuthResponse(server, client, query, state);
        const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), checked, redirectUri, verifier, optionsOf(send));
        return toTokens(await oauth.processAuthorizationCodeResponse(server, client, response));
      } catch (error) {
        throw toOAuthFault(error, hostOf(server), 'sign-in-declined');
      }
    },
  };
}

/**
 * New tokens for old. The new refresh token must be saved before the new access token is used: until then the server
 * takes the old one a second time.
 * @throws BridgeError `signed-out` when the server wants a new sign-in; others mean "later"
 */
export async function refreshGrant({ server, clientId, send }: Place, refreshToken: string): Promise<OAuthTokens> {
  const client = { client_id: clientId };
  try {
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, optionsOf(send));
    return toTokens(await oauth.processRefreshTokenResponse(server, client, response));
  } catch (error) {
    throw toOAuthFault(error, hostOf(server), 'signed-out');
  }
}

/** Ends the session that a token belongs to. A token that is not known there any more is fine. */
export async function revokeToken({ server, clientId, send }: Place, token: string, hint: 'access_token' | 'refresh_token'): Promise<void> {
  if (server.revocation_endpoint === undefined) return;
  const options = { ...optionsOf(send), additionalParameters: { token_type_hint: hint } };
  try {
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, { client_id: clientId }, oauth.None(), token, options));
  } catch (error) {
    throw toOAuthFault(error, hostOf(server), 'rejected');
  }
}
