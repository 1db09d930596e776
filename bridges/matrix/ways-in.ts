/** The ways to sign in that a server offers. @see https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3login */
import { BridgeError } from '#bridge';
import { errorOfAnswer } from './errors.ts';
import { asArray, asName, asRecord, type JsonRecord } from './event-shape.ts';
import { requestJson } from './http.ts';
import { fetchAuthMetadata, type AuthMetadata } from './oauth.ts';

export type WayIn =
  | { readonly kind: 'oauth'; readonly metadata: AuthMetadata }
  /** A page of the server's own, or of somebody it trusts; `provider` null: it asks there. */
  | { readonly kind: 'sso'; readonly provider: { readonly id: string; readonly name: string } | null }
  | { readonly kind: 'password' };

const mostProviders = 30;

/** Ids of providers go into a path. */
const providerId = /^[A-Za-z0-9._~-]{1,255}$/u;

const providersOf = (flow: JsonRecord): readonly { readonly id: string; readonly name: string }[] =>
  asArray(flow['identity_providers'])
    .slice(0, mostProviders)
    .map(asRecord)
    .flatMap(({ id, name }) => (typeof id === 'string' && providerId.test(id) ? [{ id, name: asName(name) ?? id }] : []));

const flowsOf = async (baseUrl: string, signal: AbortSignal): Promise<readonly JsonRecord[]> => {
  const url = new URL(`${baseUrl}/_matrix/client/v3/login`);
  const answer = await requestJson(url, { signal });
  if (answer.status === 404) return [];
  if (answer.status !== 200) {
    const error = errorOfAnswer({ ...answer, server: url.host }, Date.now());
    throw error.fault.code === 'rate-limited' ? error : new BridgeError('server-incompatible', error.fault);
  }
  return asArray(asRecord(answer.body)['flows']).slice(0, 100).map(asRecord);
};

/** An old door to the same place as OAuth, for programs that know no OAuth. */
const isOAuthInDisguise = (flow: JsonRecord): boolean => flow['oauth_aware_preferred'] === true || flow['org.matrix.msc3824.delegated_oidc_compatibility'] === true;

const waysOf = (flow: JsonRecord, hasOAuth: boolean): readonly WayIn[] => {
  if (flow['type'] === 'm.login.password') return [{ kind: 'password' }];
  if (flow['type'] !== 'm.login.sso' || (hasOAuth && isOAuthInDisguise(flow))) return [];
  const providers = providersOf(flow);
  return providers.length === 0 ? [{ kind: 'sso', provider: null }] : providers.map((provider) => ({ kind: 'sso', provider }));
};

/**
 * In the order in which they are best offered: the server's page, its providers, a password.
 * @throws BridgeError `no-login-method` when there is none that we know
 */
export const findWaysIn = async (baseUrl: string, signal: AbortSignal): Promise<readonly WayIn[]> => {
  const [metadata, flows] = await Promise.all([fetchAuthMetadata(baseUrl, signal), flowsOf(baseUrl, signal)]);
  const ways = flows.flatMap((flow) => waysOf(flow, metadata !== null));
  const all: readonly WayIn[] = [
    ...(metadata === null ? [] : [{ kind: 'oauth', metadata } as const]),
    ...ways.filter(({ kind }) => kind === 'sso'),
    ...ways.filter(({ kind }) => kind === 'password').slice(0, 1),
  ];
  if (all.length > 0) return all;
  const types = flows.map((flow) => String(flow['type'])).join(', ');
  throw new BridgeError('no-login-method', { server: new URL(baseUrl).host, detail: types.slice(0, 200) });
};

/** @throws BridgeError `use-web-sign-in` when the server takes no passwords, but has a page to sign in on */
export const assertPasswordLogin = async (baseUrl: string, signal: AbortSignal): Promise<void> => {
  const flows = await flowsOf(baseUrl, signal);
  if (flows.some((flow) => flow['type'] === 'm.login.password')) return;
  await findWaysIn(baseUrl, signal);
  throw new BridgeError('use-web-sign-in', { server: new URL(baseUrl).host });
};
