/**
 * An authorization server of a Matrix homeserver that answers as matrix-authentication-service does. That program is
 * in no package registry, so its answers are written from its sources and the proposals MSC2964-2967 and MSC4191;
 * what stands behind is a real Synapse, which asks here about every token.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AuthClients, isRegisteredRedirect, refusalOf } from './auth-clients.ts';
import { AuthStore, type AuthSession } from './auth-store.ts';

type Json = Readonly<Record<string, unknown>>;

export interface AuthServer {
  readonly url: string;
  /** What Synapse and this server know each other by. */
  readonly secret: string;
  readonly store: AuthStore;
  readonly clients: AuthClients;
  /** Every request: method and path, and its form. */
  readonly requests: readonly { readonly path: string; readonly form: URLSearchParams }[];
  /** Changes what is said about this server. */
  metadata: (own: Json) => Json;
  /** Called after tokens were made and before they are answered: the moment at which a program may die. */
  onTokens: () => Promise<void>;
  /** The homeserver; people and devices are made there. */
  attach(homeserver: string): void;
  register(user: string, password: string): Promise<void>;
  /** Somebody approves, on the page of their account, that their identity is replaced. */
  approveReset(user: string): Promise<void>;
  /** An administrator ends every session of somebody: their devices are gone. */
  endSessions(user: string): Promise<void>;
  stop(): Promise<void>;
}

interface Grant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly scope: string;
  readonly challenge: string;
  session: AuthSession | null;
  isExchanged: boolean;
}

const html = (text: string): string => `<!doctype html><meta charset="utf-8"><title>Sign in</title>${text}`;

export async function startAuthServer({ accessTtlMs = 300_000 }: { readonly accessTtlMs?: number } = {}): Promise<AuthServer> {
  const secret = randomBytes(16).toString('hex');
  const store = new AuthStore(accessTtlMs);
  const clients = new AuthClients();
  const passwords = new Map<string, string>();
  const sessions: AuthSession[] = [];
  const grants = new Map<string, Grant>();
  const requests: { path: string; form: URLSearchParams }[] = [];
  let homeserver = '';

  const tell = async (verb: string, body: Json): Promise<void> => {
    const answer = await fetch(`${homeserver}/_synapse/mas/${verb}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`Synapse refused ${verb}: ${answer.status} ${await answer.text()}`);
  };
  const forgetDevice = ({ user, deviceId }: AuthSession): Promise<void> => tell('delete_device', { localpart: user, device_id: deviceId });

  const ownMetadata = (): Json => ({
    issuer: `${url}/`,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/oauth2/token`,
    registration_endpoint: `${url}/oauth2/registration`,
    revocation_endpoint: `${url}/oauth2/revoke`,
    introspection_endpoint: `${url}/oauth2/introspect`,
    response_types_supported: ['code', 'id_token', 'code id_token'],
    response_modes_supported: ['form_post', 'query', 'fragment'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'],
    code_challenge_methods_supported: ['plain', 'S256'],
    prompt_values_supported: ['none', 'login', 'create'],
    account_management_uri: `${url}/account/`,
    account_management_actions_supported: ['org.matrix.profile', 'org.matrix.devices_list', 'org.matrix.device_view', 'org.matrix.device_delete', 'org.matrix.cross_signing_reset'],
  });

  const authorize = (query: URLSearchParams, response: ServerResponse): void => {
    const client = clients.get(query.get('client_id') ?? '');
    const redirectUri = query.get('redirect_uri') ?? '';
    if (client === undefined || !isRegisteredRedirect(client, redirectUri)) return void response.writeHead(400).end('invalid client or redirect');
    const scope = query.get('scope') ?? '';
    const isComplete = query.get('response_type') === 'code' && query.get('code_challenge_method') === 'S256';
    const state = query.get('state') ?? '';
    if (!isComplete || scope.split(' ').filter((one) => one.startsWith('urn:matrix:client:device:')).length !== 1) {
      return goBack(response, redirectUri, { error: 'invalid_request', state });
    }
    const id = randomBytes(16).toString('hex');
    grants.set(id, { clientId: client.id, redirectUri, state, scope, challenge: query.get('code_challenge') ?? '', session: null, isExchanged: false });
    const fields = `<input name="grant" type="hidden" value="${id}"><input name="user"><input name="password" type="password">`;
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(html(`<form method="post" action="/decide">${fields}<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></form>`));
  };

  const goBack = (response: ServerResponse, redirectUri: string, values: Readonly<Record<string, string>>): void => {
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries(values)) target.searchParams.set(name, value);
    response.writeHead(303, { location: target.href }).end();
  };

  const decide = (form: URLSearchParams, response: ServerResponse): void => {
    const id = form.get('grant') ?? '';
    const grant = grants.get(id);
    if (grant === undefined || grant.session !== null) return void response.writeHead(400).end('no such grant');
    const { redirectUri, state, scope, clientId } = grant;
    if (form.get('decision') !== 'allow') return goBack(response, redirectUri, { error: 'access_denied', error_description: 'The request was denied', state });
    const user = form.get('user') ?? '';
    if (passwords.get(user) !== form.get('password')) return void response.writeHead(403).end('wrong password');
    const deviceId = /urn:matrix:client:device:(\S+)/u.exec(scope)?.[1] ?? '';
    grant.session = { user, clientId, scope, deviceId, isFinished: false };
    goBack(response, redirectUri, { code: id, state });
  };

  const exchange = async (form: URLSearchParams, clientId: string): Promise<ReturnType<AuthStore['issue']> | null> => {
    const grant = grants.get(form.get('code') ?? '');
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (grant?.session == null || grant.isExchanged || grant.clientId !== clientId) return null;
    if (grant.redirectUri !== form.get('redirect_uri') || grant.challenge !== verifier) return null;
    grant.isExchanged = true;
    const { session } = grant;
    await tell('upsert_device', { localpart: session.user, device_id: session.deviceId, display_name: 'Palomar' });
    sessions.push(session);
    return store.issue(session);
  };

  const token = async (form: URLSearchParams, response: ServerResponse): Promise<void> => {
    const clientId = form.get('client_id') ?? '';
    if (clients.get(clientId) === undefined) return json(response, 401, { error: 'invalid_client' });
    const type = form.get('grant_type');
    if (type !== 'authorization_code' && type !== 'refresh_token') return json(response, 400, { error: 'unsupported_grant_type' });
    const pair = type === 'refresh_token' ? store.renew(form.get('refresh_token') ?? '', clientId) : await exchange(form, clientId);
    if (pair === null) return json(response, 400, { error: 'invalid_grant' });
    await server.onTokens();
    const { accessToken, refreshToken, session } = pair;
    json(response, 200, { access_token: accessToken, token_type: 'Bearer', expires_in: Math.ceil(store.accessTtlMs / 1_000), refresh_token: refreshToken, scope: session.scope });
  };

  const introspect = (form: URLSearchParams, authorization: string | undefined, response: ServerResponse): void => {
    if (authorization !== `Bearer ${secret}`) return json(response, 401, { error: 'invalid_client' });
    const found = store.introspect(form.get('token') ?? '');
    if (found === null) return json(response, 200, { active: false });
    const { user, scope } = found.session;
    json(response, 200, { active: true, scope, username: user, sub: user, token_type: 'access_token', expires_in: Math.ceil(found.expiresInMs / 1_000) });
  };

  const revoke = async (form: URLSearchParams, response: ServerResponse): Promise<void> => {
    const clientId = form.get('client_id') ?? '';
    if (clients.get(clientId) === undefined) return json(response, 401, { error: 'invalid_client' });
    const session = store.revoke(form.get('token') ?? '', clientId);
    if (session !== null) await forgetDevice(session);
    response.writeHead(200).end();
  };

  const register = (body: string, response: ServerResponse): void => {
    const metadata = JSON.parse(body) as Json;
    const refusal = refusalOf(metadata);
    if (refusal !== null) return json(response, 400, refusal);
    json(response, 201, { client_id: clients.register(metadata).id, client_id_issued_at: 0, ...metadata });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const form = new URLSearchParams(body);
    requests.push({ path: `${request.method ?? 'GET'} ${pathname}`, form });
    if (pathname === '/.well-known/openid-configuration') return json(response, 200, server.metadata(ownMetadata()));
    if (pathname === '/authorize') return authorize(searchParams, response);
    if (pathname === '/decide') return decide(form, response);
    if (pathname === '/oauth2/token') return await token(form, response);
    if (pathname === '/oauth2/introspect') return introspect(form, request.headers.authorization, response);
    if (pathname === '/oauth2/revoke') return await revoke(form, response);
    if (pathname === '/oauth2/registration') return register(body, response);
    response.writeHead(404).end();
  };

  const http = createServer((request, response) => {
    handle(request, response).catch(() => (response.headersSent ? response.destroy() : response.writeHead(500).end()));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const place = http.address();
  const url = `http://127.0.0.1:${typeof place === 'object' && place !== null ? place.port : 0}`;
  const server: AuthServer = {
    ...{ url, secret, store, clients, requests },
    metadata: (own) => own,
    onTokens: () => Promise.resolve(),
    attach: (address) => (homeserver = address),
    async register(user, password) {
      passwords.set(user, password);
      await tell('provision_user', { localpart: user });
    },
    approveReset: (user) => tell('allow_cross_signing_reset', { localpart: user }),
    async endSessions(user) {
      for (const session of sessions.filter((one) => one.user === user && !one.isFinished)) {
        session.isFinished = true;
        await forgetDevice(session);
      }
    },
    stop: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

function json(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}
