/** What an authorization server says of itself, looked at before anything is sent there. RFC 8414. */
import { BridgeError } from '#bridge';
import { isAllowedOrigin } from '../allowed-origin.ts';

/** A type and not an interface: it is handed on as a bag of fields. */
export type OAuthServer = {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly registration_endpoint?: string;
  readonly revocation_endpoint?: string;
  readonly authorization_response_iss_parameter_supported?: boolean;
};

const mostCharacters = 2_048;

const unsafe = (server: string, detail: string): BridgeError => new BridgeError('sign-in-unsafe', { server, detail });

const readUrl = (value: unknown, name: string, server: string): URL => {
  if (typeof value !== 'string' || value.length > mostCharacters || !URL.canParse(value)) throw unsafe(server, `${name} is no address`);
  const url = new URL(value);
  if (!isAllowedOrigin(url)) throw unsafe(server, `${name} is not encrypted: ${url.host}`);
  if (url.username !== '' || url.password !== '' || url.hash !== '') throw unsafe(server, `${name} is no plain address`);
  return url;
};

/**
 * Takes only what is used. Secrets (codes, refresh tokens) go to these addresses: all of them lie with the issuer, so
 * that what describes a server cannot send what belongs to it elsewhere.
 * @param server the host that told this, for the person
 * @throws BridgeError `sign-in-unsafe`
 */
export function checkOAuthServer(metadata: Readonly<Record<string, unknown>>, server: string): OAuthServer {
  const issuer = readUrl(metadata['issuer'], 'issuer', server);
  if (issuer.search !== '') throw unsafe(server, 'issuer is no plain address');
  const atIssuer = (name: string): string => {
    const url = readUrl(metadata[name], name, server);
    if (url.origin !== issuer.origin) throw unsafe(server, `${name} lies elsewhere: ${url.host}, not ${issuer.host}`);
    return url.href;
  };
  const optional = (name: string): Record<string, string> => (metadata[name] === undefined ? {} : { [name]: atIssuer(name) });
  return {
    // As it was written: it is compared with what redirects carry.
    issuer: String(metadata['issuer']),
    authorization_endpoint: atIssuer('authorization_endpoint'),
    token_endpoint: atIssuer('token_endpoint'),
    ...optional('registration_endpoint'),
    ...optional('revocation_endpoint'),
    ...(metadata['authorization_response_iss_parameter_supported'] === true ? { authorization_response_iss_parameter_supported: true } : {}),
  };
}
