import { createHash, randomBytes } from 'node:crypto';
import { Answered, require, type ContractRequest, type ContractRoute } from './contract-server.ts';

export interface SignInPageRules {
  readonly authorizePath: string;
  readonly tokenPath: string;
  readonly clientId: string;
  /** A pattern where it holds the address that the client itself uses; null where the vendor has no such word. */
  readonly scope: string | RegExp | null;
  /** Absent: a public client. */
  readonly secret?: { readonly way: 'basic' | 'post'; readonly secret: string } | undefined;
  /** False where the vendor's documentation does not know it (RFC 7636). */
  readonly hasPkce?: boolean | undefined;
  /** Words the vendor wants in the first request beside those of the RFCs. */
  readonly extra?: Readonly<Record<string, string>> | undefined;
}

export interface SignInPage {
  readonly routes: readonly ContractRoute[];
  /** What a person does: looks at the page and says yes. @returns where the browser is sent back to */
  agree(link: string): string;
  isGood(token: string): boolean;
  /** Access tokens that are good now. */
  goodCount(): number;
  /** Ends every access token, as their time does; refresh tokens stay good. */
  expire(): void;
}

/** Where a vendor gives out tokens (RFC 6749; with PKCE, RFC 7636, unless told), beside its API on the same server. */
export function signInPage({ authorizePath, tokenPath, clientId, scope, secret, hasPkce = true, extra = {} }: SignInPageRules): SignInPage {
  const codes = new Map<string, { readonly challenge: string | null; readonly redirectUri: string }>();
  const tokens = new Set<string>();
  const refreshTokens = new Set<string>();

  const answer = () => {
    const [access, refresh] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
    tokens.add(access);
    refreshTokens.add(refresh);
    return { json: { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: 3_600 } };
  };
  const refuse = (): never => {
    throw new Answered({ status: 400, json: { error: 'invalid_grant' } });
  };
  const checkClient = (request: ContractRequest, form: URLSearchParams): void => {
    if (secret?.way === 'basic') {
      require(request.headers['authorization'] === `Basic ${Buffer.from(`${clientId}:${secret.secret}`).toString('base64')}` && !form.has('client_secret'), 'another client');
    } else {
      require(form.get('client_id') === clientId && form.get('client_secret') === (secret?.secret ?? null), 'another client');
    }
  };
  const token = (request: ContractRequest) => {
    const form = new URLSearchParams(request.bytes.toString('utf8'));
    checkClient(request, form);
    if (form.get('grant_type') === 'refresh_token') return refreshTokens.delete(form.get('refresh_token') ?? '') ? answer() : refuse();
    require(form.get('grant_type') === 'authorization_code', 'no grant that this client has');
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier');
    const proof = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
    return code !== undefined && proof === code.challenge && form.get('redirect_uri') === code.redirectUri ? answer() : refuse();
  };

  return {
    routes: [{ method: 'POST', path: tokenPath, handle: token }],
    agree: (link) => {
      const url = new URL(link);
      const { searchParams: asked } = url;
      require(url.pathname === authorizePath && asked.get('response_type') === 'code', 'not the page to sign in');
      const wanted = asked.get('scope');
      const isWanted = scope instanceof RegExp ? scope.test(wanted ?? '') : wanted === scope;
      require(asked.get('client_id') === clientId && isWanted, `scope ${wanted}`);
      require(asked.get('code_challenge_method') === (hasPkce ? 'S256' : null) && (asked.get('code_challenge') !== null) === hasPkce, 'PKCE is not as the vendor has it');
      require((asked.get('state') ?? '').length >= 32, 'a state that can be guessed');
      for (const [name, value] of Object.entries(extra)) require(asked.get(name) === value, `${name}=${asked.get(name)}`);
      const back = new URL(asked.get('redirect_uri') ?? '');
      const code = randomBytes(24).toString('base64url');
      codes.set(code, { challenge: asked.get('code_challenge'), redirectUri: back.href });
      back.searchParams.set('code', code);
      back.searchParams.set('state', asked.get('state') ?? '');
      return back.href;
    },
    isGood: (given) => tokens.has(given),
    goodCount: () => tokens.size,
    expire: () => tokens.clear(),
  };
}
