/** OAuth 2 as Matrix servers have it. @see https://spec.matrix.org/v1.16/client-server-api/#oauth-20-api */
import { BridgeError, type Json } from '#bridge';
import { loadOAuth, type OAuthServer } from '#kit';
import { errorOfAnswer } from './errors.ts';
import { asArray, asRecord, asString, type JsonRecord } from './event-shape.ts';
import { oauthSend, requestJson } from './http.ts';
import type { Tokens } from './refresh.ts';

/** Who gave an account its tokens, and as whom we are known there. Plain settings: no secret is in it. */
export interface OAuthAccount {
  readonly issuer: string;
  readonly clientId: string;
}

export interface AuthMetadata {
  readonly server: OAuthServer;
  /** Where a person looks after account and devices, in a browser. */
  readonly accountPage: string | null;
  readonly accountActions: ReadonlySet<string>;
}

export const apiScope = 'urn:matrix:client:api:*';
export const deviceScope = (deviceId: string): string => `urn:matrix:client:device:${deviceId}`;

/** Without a port: servers take any port of this address then. Nothing random: servers know a program by these lines. */
export const redirectPath = '/signed-in';

/** How we introduce ourselves. A page of its own is demanded; `.invalid` belongs to nobody else (RFC 2606). */
export const clientMetadata = {
  client_name: 'Palomar',
  client_uri: 'https://palomar.invalid/',
  application_type: 'native',
  redirect_uris: [`http://127.0.0.1${redirectPath}`],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};

export const readOAuthAccount = (value: Json | undefined): OAuthAccount | undefined => {
  const { issuer, clientId } = asRecord(value);
  return typeof issuer === 'string' && typeof clientId === 'string' ? { issuer, clientId } : undefined;
};

const includes = (metadata: JsonRecord, name: string, value: string): boolean => asArray(metadata[name]).includes(value);

/**
 * What the homeserver says of the place to sign in; null where it knows none.
 * @throws BridgeError `sign-in-unsafe`, `no-login-method` when it lacks what Matrix demands, or as a request does
 */
export async function fetchAuthMetadata(baseUrl: string, signal: AbortSignal): Promise<AuthMetadata | null> {
  const url = new URL(`${baseUrl}/_matrix/client/v1/auth_metadata`);
  const answer = await requestJson(url, { signal });
  // Servers without it say 404, older ones 400 or 405 as for any path they do not know.
  if ([400, 404, 405, 501].includes(answer.status)) return null;
  if (answer.status !== 200) throw errorOfAnswer({ ...answer, server: url.host }, Date.now());
  const metadata = asRecord(answer.body);
  const { checkOAuthServer } = await loadOAuth();
  const server = checkOAuthServer(metadata, url.host);
  const isComplete = includes(metadata, 'response_types_supported', 'code') && includes(metadata, 'grant_types_supported', 'authorization_code') && includes(metadata, 'grant_types_supported', 'refresh_token');
  if (!isComplete || !includes(metadata, 'code_challenge_methods_supported', 'S256')) {
    throw new BridgeError('no-login-method', { server: url.host, detail: 'the place to sign in lacks code, refresh tokens or PKCE' });
  }
  const actions = asArray(metadata['account_management_actions_supported']).filter((action) => typeof action === 'string');
  return { server, accountPage: readPage(metadata['account_management_uri']), accountActions: new Set(actions.slice(0, 100)) };
}

/** Only ever opened in a browser, so it may lie anywhere; it has to be a web page all the same. */
const readPage = (value: unknown): string | null => {
  const text = asString(value);
  if (text === undefined || text.length > 2_048 || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === '127.0.0.1') ? url.href : null;
};

/**
 * Renews by the server that gave the tokens, and by no other: its refresh token is worth nothing elsewhere, and should
 * the homeserver name another place, that place is not told it.
 */
export const oauthRefresh =
  (baseUrl: string, account: OAuthAccount, signal: AbortSignal) =>
  async (refreshToken: string): Promise<Tokens> => {
    const server = await serverOf(baseUrl, account, signal);
    const { refreshGrant } = await loadOAuth();
    const fresh = await refreshGrant({ server, clientId: account.clientId, send: oauthSend(signal) }, refreshToken);
    return { accessToken: fresh.accessToken, refreshToken: fresh.refreshToken ?? refreshToken };
  };

/** Ends the session at the server, which forgets the device. */
export async function oauthRevoke(baseUrl: string, account: OAuthAccount, token: string, signal: AbortSignal): Promise<void> {
  const server = await serverOf(baseUrl, account, signal);
  const { revokeToken } = await loadOAuth();
  await revokeToken({ server, clientId: account.clientId, send: oauthSend(signal) }, token, 'refresh_token');
}

async function serverOf(baseUrl: string, { issuer }: OAuthAccount, signal: AbortSignal): Promise<OAuthServer> {
  const metadata = await fetchAuthMetadata(baseUrl, signal);
  const server = new URL(baseUrl).host;
  if (metadata === null) throw new BridgeError('server-incompatible', { server, detail: 'the place to sign in is gone' });
  if (metadata.server.issuer !== issuer) throw new BridgeError('sign-in-unsafe', { server, detail: `another issuer: ${metadata.server.issuer.slice(0, 200)}` });
  return metadata.server;
}
