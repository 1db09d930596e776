/** Programs that registered. Rules: matrix-authentication-service, policies/client_registration/client_registration.rego */
import { createHash } from 'node:crypto';

export interface AuthClient {
  readonly id: string;
  readonly redirectUris: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** Paths with other letters are no addresses for its policy. */
const nativeUri = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\/[A-Za-z0-9/.-]*$/u;
const webUri = /^https:\/\/(?:[a-z0-9-]+\.)*[a-z0-9-]+\/[A-Za-z0-9/.-]*$/u;

/** The error, or null when the metadata is taken. */
export function refusalOf(metadata: Json): { readonly error: string; readonly error_description: string } | null {
  const refuse = (error: string, description: string) => ({ error, error_description: description });
  const uris = metadata['redirect_uris'];
  if (typeof metadata['client_uri'] !== 'string' || !webUri.test(metadata['client_uri'])) return refuse('invalid_client_metadata', 'invalid client_uri');
  if (!Array.isArray(uris) || uris.length === 0) return refuse('invalid_redirect_uri', 'missing redirect_uris');
  if (metadata['application_type'] !== 'native') return refuse('invalid_redirect_uri', 'invalid redirect_uri');
  if (!uris.every((uri) => typeof uri === 'string' && nativeUri.test(uri))) return refuse('invalid_redirect_uri', 'invalid redirect_uri');
  if (metadata['token_endpoint_auth_method'] !== 'none') return refuse('invalid_client_metadata', 'only public clients here');
  return null;
}

export class AuthClients {
  readonly #clients = new Map<string, AuthClient>();

  get count(): number {
    return this.#clients.size;
  }

  get(id: string): AuthClient | undefined {
    return this.#clients.get(id);
  }

  /** The same words make the same client. */
  register(metadata: Json): AuthClient {
    const id = createHash('sha256').update(JSON.stringify(metadata)).digest('hex').slice(0, 26).toUpperCase();
    const known = this.#clients.get(id);
    const client = known ?? { id, redirectUris: metadata['redirect_uris'] as readonly string[] };
    this.#clients.set(id, client);
    return client;
  }
}

/** RFC 8252, 7.3: on this computer any port is as good as another. */
export function isRegisteredRedirect({ redirectUris }: AuthClient, uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const bare = new URL(uri);
  bare.port = '';
  return redirectUris.some((one) => new URL(one).href === bare.href);
}
