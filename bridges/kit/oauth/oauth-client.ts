/**
 * An OAuth 2 client: registration, authorization code with PKCE, client credentials, refresh and revocation, over `oauth4webapi`.
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
  /** How long the access token is good, where the server says so. */
  readonly expiresInSeconds?: number | undefined;
}

/** How a registered program says who it is. RFC 6749, 2.3.1 */
export interface ClientSecret {
  readonly way: 'basic' | 'post';
  readonly secret: string;
}

export interface OAuthPlace {
  readonly server: OAuthServer;
  readonly clientId: string;
  readonly send: OAuthSend;
  /** Absent: a public client, which has none. */
  readonly secret?: ClientSecret | undefined;
  /** For servers that do not know PKCE and refuse it. */
  readonly isWithoutPkce?: boolean | undefined;
}

const authOf = ({ secret }: OAuthPlace): oauth.ClientAuth => {
  if (secret === undefined) return oauth.None();
  return secret.way === 'basic' ? oauth.ClientSecretBasic(secret.secret) : oauth.ClientSecretPost(secret.secret);
};

const optionsOf = (send: OAuthSend): { [oauth.customFetch]: OAuthSend; [oauth.allowInsecureRequests]: true } => ({
  [oauth.customFetch]: send,
  // Addresses were looked at before (`checkOAuthServer`): plain HTTP leads to this computer only.
  [oauth.allowInsecureRequests]: true,
});

const hostOf = ({ issuer }: OAuthServer): string => new URL(issuer).host;

const toTokens = ({ access_token: accessToken, refresh_token: refreshToken, scope, expires_in: expiresInSeconds }: oauth.TokenEndpointResponse): OAuthTokens => ({ accessToken, refreshToken, scope, expiresInSeconds });

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
export async function beginAuthorization(place: OAuthPlace, redirectUri: string, parameters: Readonly<Record<string, string>>): Promise<Authorization> {
  const { server, clientId, send, isWithoutPkce = false } = place;
  const state = oauth.generateRandomState();
  const verifier = oauth.generateRandomCodeVerifier();
  const link = new URL(server.authorization_endpoint);
  const all = {
    ...parameters,
    ...{ response_type: 'code', response_mode: 'query', client_id: clientId, redirect_uri: redirectUri, state },
    ...(isWithoutPkce ? {} : { code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }),
  };
  for (const [name, value] of Object.entries(all)) link.searchParams.set(name, value);
  const client = { client_id: clientId };
  return {
    link: link.href,
    isAnswer: (query) => query.get('state') === state && query.getAll('state').length === 1 && (query.has('code') || query.has('error')),
    async finish(query) {
      try {
        const checked = oauth.validateAuthResponse(server, client, query, state);
        const response = await oauth.authorizationCodeGrantRequest(server, client, authOf(place), checked, redirectUri, isWithoutPkce ? oauth.nopkce : verifier, optionsOf(send));
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
export async function refreshGrant(place: OAuthPlace, refreshToken: string): Promise<OAuthTokens> {
  const { server, clientId, send } = place;
  const client = { client_id: clientId };
  try {
    const response = await oauth.refreshTokenGrantRequest(server, client, authOf(place), refreshToken, optionsOf(send));
    return toTokens(await oauth.processRefreshTokenResponse(server, client, response));
  } catch (error) {
    throw toOAuthFault(error, hostOf(server), 'signed-out');
  }
}

/** A token for the program itself, where nobody signs in. @throws BridgeError `signed-out` when the server does not take it */
export async function clientCredentialsGrant(place: OAuthPlace, parameters: Readonly<Record<string, string>>): Promise<OAuthTokens> {
  const { server, clientId, send } = place;
  const client = { client_id: clientId };
  try {
    const response = await oauth.clientCredentialsGrantRequest(server, client, authOf(place), parameters, optionsOf(send));
    return toTokens(await oauth.processClientCredentialsResponse(server, client, response));
  } catch (error) {
    throw toOAuthFault(error, hostOf(server), 'signed-out');
  }
}

/** Ends the session that a token belongs to. A token that is not known there any more is fine. */
export async function revokeToken({ server, clientId, send }: OAuthPlace, token: string, hint: 'access_token' | 'refresh_token'): Promise<void> {
  if (server.revocation_endpoint === undefined) return;
  const options = { ...optionsOf(send), additionalParameters: { token_type_hint: hint } };
  try {
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, { client_id: clientId }, oauth.None(), token, options));
  } catch (error) {
    throw toOAuthFault(error, hostOf(server), 'rejected');
  }
}
