import type { OAuthPlace, OAuthSend } from '#kit';
import type { OAuthManifest } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';

type Values = Readonly<Record<string, string>>;

/** An address as the connector wrote it (a last slash counts), looked at as one that a person typed. */
const safeAddress = (address: string): string => {
  checkServerUrl(address, { allowsPlainHttp: false });
  return new URL(address).href;
};

/** To where tokens of these values belong. @throws Permanent for an address that secrets may not go to */
export const tokenEndpointOf = (manifest: OAuthManifest, values: Values): string => safeAddress(manifest.tokenEndpoint(values));

/** The word `scope` of a request; none where the product wants none. */
export function scopeOf({ scopes }: OAuthManifest, values: Values): { readonly scope?: string } {
  const all = typeof scopes === 'function' ? scopes(values) : scopes;
  return all.length === 0 ? {} : { scope: all.join(' ') };
}

export const clientIdOf = (manifest: OAuthManifest, values: Values): string => {
  const id = values[manifest.clientIdField] ?? '';
  if (id === '') throw new Permanent('rejected', { detail: `field ${manifest.clientIdField} is empty` });
  return id;
};

/**
 * Which server, and who we are there. The addresses are the connector's own data, not what a server says of itself.
 * @param issuer what an answer names; by default the place where the person signs in
 * @throws Permanent `rejected` | `no-encryption`
 */
export function oauthPlaceOf(manifest: OAuthManifest, values: Values, send: OAuthSend, issuer?: string): OAuthPlace {
  const tokenEndpoint = tokenEndpointOf(manifest, values);
  const authorizationEndpoint = safeAddress(manifest.authorizationEndpoint?.(values) ?? tokenEndpoint);
  const secret = manifest.clientSecretField === undefined ? '' : (values[manifest.clientSecretField] ?? '');
  const way = manifest.clientAuthentication;
  return {
    server: { issuer: issuer ?? new URL(authorizationEndpoint).origin, authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint },
    clientId: clientIdOf(manifest, values),
    send,
    isWithoutPkce: manifest.isWithoutPkce === true,
    ...(way === 'none' || secret === '' ? {} : { secret: { way, secret } }),
  };
}
