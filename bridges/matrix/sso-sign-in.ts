/** Signing in on the page of the server, or of somebody it trusts. @see https://spec.matrix.org/v1.16/client-server-api/#sso-client-login */
import { randomBytes } from 'node:crypto';
import { loadOAuth } from '#kit';
import { signIn } from './grant.ts';
import type { KeptDevice } from './kept-device.ts';
import type { WebVisit } from './web-visit.ts';

const mostTokenCharacters = 4_096;

const isToken = (query: URLSearchParams): boolean => {
  const token = query.get('loginToken') ?? '';
  return token !== '' && token.length <= mostTokenCharacters;
};

/** `provider`: of those the server named; null: its page asks. The address of the way back is what nobody else can guess. */
export async function visitSso(baseUrl: string, provider: string | null, kept: KeptDevice | null, patienceMs: number): Promise<WebVisit> {
  const { listenForReturn } = await loadOAuth();
  const path = `/${randomBytes(24).toString('base64url')}`;
  const listener = await listenForReturn({ path, judge: (query) => (isToken(query) ? 'welcome' : null), patienceMs });
  const place = provider === null ? '' : `/${encodeURIComponent(provider)}`;
  return {
    link: `${baseUrl}/_matrix/client/v3/login/sso/redirect${place}?redirectUrl=${encodeURIComponent(listener.address)}`,
    close: () => listener.close(),
    async grant(signal) {
      const query = await listener.answer;
      listener.close();
      return await signIn(baseUrl, { type: 'm.login.token', token: query.get('loginToken') ?? '' }, kept, signal);
    },
  };
}
