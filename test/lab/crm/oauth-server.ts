import { createHash, randomBytes } from 'node:crypto';
import { Answered, ContractServer, require, type ContractAnswer, type ContractRequest } from './contract-server.ts';

export interface OAuthServerRules {
  readonly clientId: string;
  /** Null: a public client. */
  readonly clientSecret: string | null;
  readonly authentication: 'basic' | 'post' | 'none';
  readonly grant: 'authorization-code' | 'client-credentials';
  readonly scope: string;
  readonly hasPkce?: boolean | undefined;
  readonly lifetimeSeconds?: number | undefined;
  /**
   * `strict`: a refresh token that is used twice ends the whole sign-in, as RFC 9700 4.14.2 asks for. `graceful`: the old
   * one is good until the new one, or its access token, was used. `none`: it never changes.
   */
  readonly rotation?: 'strict' | 'graceful' | 'none' | undefined;
}

interface Family {
  isEnded: boolean;
  /** Newest last. */
  readonly refreshTokens: string[];
  accessToken: string;
  expiresAtMs: number;
  isNewestUsed: boolean;
}

interface Code {
  readonly challenge: string | null;
  readonly redirectUri: string;
  family: Family | null;
}

/**
 * An authorization server and the API behind it, as RFC 6749, 7636, 9207 and 9700 write them. Keeps what it was asked, so
 * that a test can say what was sent and how often.
 */
export class OAuthLabServer {
  readonly http: ContractServer;
  /** Each word of a token endpoint's request, newest last. */
  readonly tokenRequests: URLSearchParams[] = [];
  /** Every token there ever was. */
  readonly tokensGiven = new Set<string>();
  /** Called when tokens were made and before they are told; may hold them back, or kill the server. */
  beforeAnswer: () => Promise<void> = async () => {};
  /** Called with each request of the API that carries a good token. */
  onCall: () => void = () => {};
  /** No token is good enough for the API, however new. */
  refusesAll = false;
  readonly #rules: OAuthServerRules;
  readonly #codes = new Map<string, Code>();
  readonly #families: Family[] = [];

  private constructor(rules: OAuthServerRules, http: ContractServer) {
    this.#rules = rules;
    this.http = http;
  }

  static async start(rules: OAuthServerRules): Promise<OAuthLabServer> {
    const holder: { server: OAuthLabServer | null } = { server: null };
    const of = (): OAuthLabServer => {
      if (holder.server === null) throw new Error('not started');
      return holder.server;
    };
    const http = await ContractServer.start({
      authorize: () => null,
      routes: [
        { method: 'POST', path: '/oauth/token', handle: (request) => of().#token(request) },
        { method: 'GET', path: '/api/me', handle: (request) => of().#me(request) },
        { method: 'POST', path: '/api/notes', handle: (request) => of().#me(request) },
      ],
    });
    holder.server = new OAuthLabServer(rules, http);
    return holder.server;
  }

  get baseUrl(): string {
    return this.http.baseUrl;
  }

  /** What a person does on the page: looks at it and says yes. @returns where the browser is sent back to */
  agree(link: string, more: Readonly<Record<string, string>> = {}): string {
    const url = new URL(link);
    const { searchParams: asked } = url;
    const { clientId, scope, hasPkce = true } = this.#rules;
    require(url.href.startsWith(`${this.baseUrl}/oauth/authorize?`), 'another page than the one to sign in');
    require(asked.get('response_type') === 'code' && asked.get('client_id') === clientId, 'not a code for this client');
    require(asked.get('scope') === scope, `scope ${asked.get('scope')}`);
    require((asked.get('state') ?? '').length >= 32, 'a state that can be guessed');
    require(asked.get('code_challenge_method') === (hasPkce ? 'S256' : null), 'PKCE is not as it was agreed');
    require(hasPkce === (asked.get('code_challenge') !== null), 'PKCE is not as it was agreed');
    const redirectUri = asked.get('redirect_uri') ?? '';
    require(/^http:\/\/(?:localhost|127\.0\.0\.1):\d+\//.test(redirectUri), 'an address that is not this computer');
    const code = randomBytes(24).toString('base64url');
    this.#codes.set(code, { challenge: asked.get('code_challenge'), redirectUri, family: null });
    return this.#back(redirectUri, { code, state: asked.get('state') ?? '', ...more });
  }

  /** The person says no. */
  decline(link: string): string {
    const asked = new URL(link).searchParams;
    return this.#back(asked.get('redirect_uri') ?? '', { error: 'access_denied', state: asked.get('state') ?? '' });
  }

  /** Takes every access token back, as an administrator or the end of their time does; refresh tokens stay good. */
  expireAccess(): void {
    for (const family of this.#families) family.expiresAtMs = 0;
  }

  #back(redirectUri: string, words: Readonly<Record<string, string>>): string {
    const url = new URL(redirectUri);
    for (const [name, value] of Object.entries(words)) url.searchParams.set(name, value);
    return url.href;
  }

  async #token(request: ContractRequest): Promise<ContractAnswer> {
    require((request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'), 'the form of RFC 6749 4.1.3');
    const form = new URLSearchParams(request.bytes.toString('utf8'));
    this.tokenRequests.push(form);
    this.#checkClient(request, form);
    const answer = this.#grant(form);
    await this.beforeAnswer();
    return { json: answer, headers: { 'cache-control': 'no-store' } };
  }

  #checkClient(request: ContractRequest, form: URLSearchParams): void {
    const { clientId, clientSecret, authentication } = this.#rules;
    const basic = authentication === 'basic' ? readBasic(request.headers['authorization'] ?? '') : null;
    const isKnown =
      basic === null
        ? form.get('client_id') === clientId && form.get('client_secret') === (authentication === 'post' ? clientSecret : null)
        : basic.id === clientId && basic.secret === clientSecret && !form.has('client_secret');
    if (!isKnown) throw new Answered({ status: 401, json: { error: 'invalid_client' } });
  }

  #grant(form: URLSearchParams): Record<string, unknown> {
    const type = form.get('grant_type');
    if (type === 'client_credentials' && this.#rules.grant === 'client-credentials') return this.#answer(this.#newFamily(), false);
    if (type === 'authorization_code' && this.#rules.grant === 'authorization-code') return this.#ofCode(form);
    if (type === 'refresh_token' && this.#rules.grant === 'authorization-code') return this.#ofRefresh(form.get('refresh_token') ?? '');
    throw new Answered({ status: 400, json: { error: 'unsupported_grant_type' } });
  }

  #ofCode(form: URLSearchParams): Record<string, unknown> {
    const code = this.#codes.get(form.get('code') ?? '');
    if (code === undefined) return refuse('no such code');
    // RFC 6749 4.1.2: a code that comes twice ends what it brought.
    if (code.family !== null) {
      code.family.isEnded = true;
      return refuse('the code was used');
    }
    const verifier = form.get('code_verifier');
    const isProven = code.challenge === null ? verifier === null : createHash('sha256').update(verifier ?? '').digest('base64url') === code.challenge;
    if (!isProven || form.get('redirect_uri') !== code.redirectUri) return refuse('not who asked for it');
    code.family = this.#newFamily();
    return this.#answer(code.family, true);
  }

  #ofRefresh(token: string): Record<string, unknown> {
    const { rotation = 'strict' } = this.#rules;
    const family = this.#families.find(({ refreshTokens }) => refreshTokens.includes(token));
    if (family === undefined || family.isEnded) return refuse('no such token');
    const isNewest = family.refreshTokens.at(-1) === token;
    const isForgiven = rotation === 'graceful' && family.refreshTokens.at(-2) === token && !family.isNewestUsed;
    if (!isNewest && !isForgiven) {
      family.isEnded = true;
      return refuse('the token was used before');
    }
    if (rotation !== 'none') family.refreshTokens.push(randomBytes(24).toString('base64url'));
    this.#renew(family);
    return this.#answer(family, rotation !== 'none');
  }

  #newFamily(): Family {
    const family: Family = { isEnded: false, refreshTokens: [randomBytes(24).toString('base64url')], accessToken: '', expiresAtMs: 0, isNewestUsed: false };
    this.#renew(family);
    this.#families.push(family);
    return family;
  }

  #renew(family: Family): void {
    family.accessToken = randomBytes(24).toString('base64url');
    family.expiresAtMs = Date.now() + (this.#rules.lifetimeSeconds ?? 3_600) * 1_000;
    family.isNewestUsed = false;
  }

  #answer(family: Family, hasRefresh: boolean): Record<string, unknown> {
    for (const token of [family.accessToken, family.refreshTokens.at(-1) ?? '']) this.tokensGiven.add(token);
    const refresh = hasRefresh ? { refresh_token: family.refreshTokens.at(-1) } : {};
    return { access_token: family.accessToken, token_type: 'Bearer', expires_in: this.#rules.lifetimeSeconds ?? 3_600, ...refresh };
  }

  #me(request: ContractRequest): ContractAnswer {
    const family = this.#families.find(({ accessToken }) => request.headers['authorization'] === `Bearer ${accessToken}`);
    if (this.refusesAll || family === undefined || family.isEnded || family.expiresAtMs <= Date.now()) return { status: 401, json: { error: 'invalid_token' } };
    family.isNewestUsed = true;
    this.onCall();
    return { json: { login: 'jordi@palomar.example' } };
  }
}

function refuse(why: string): never {
  throw new Answered({ status: 400, json: { error: 'invalid_grant', error_description: why } });
}

/** Both halves are form-encoded before they are joined. RFC 6749, 2.3.1 */
function readBasic(header: string): { readonly id: string; readonly secret: string } {
  const [id = '', secret = ''] = Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8').split(':');
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
}
