import { AuthNeeded } from '../errors.ts';
import type { HttpRequest, PinnedHttp } from '../http/pinned-http.ts';
import type { TokenKeeper } from './token-keeper.ts';

/**
 * A refused token is renewed once and the request sent again: whoever answers 401 has done nothing. The second refusal
 * is the person's.
 */
export function createRenewingHttp(http: PinnedHttp, keeper: TokenKeeper): { readonly http: PinnedHttp; readonly accessToken: () => Promise<string> } {
  /** Newest last. Several requests may be under way with different ones. */
  const given: string[] = [];
  const remember = (token: string): string => {
    if (!given.includes(token)) given.push(token);
    if (given.length > mostGiven) given.shift();
    return token;
  };
  return {
    accessToken: async () => remember(await keeper.accessToken()),
    http: {
      send: async (request) => {
        try {
          return await http.send(request);
        } catch (error) {
          const refused = given.findLast((token) => carries(request, token));
          if (!(error instanceof AuthNeeded) || refused === undefined) throw error;
          return http.send(withToken(request, refused, remember(await keeper.renew(refused))));
        }
      },
    },
  };
}

const mostGiven = 8;

const carries = ({ headers = {} }: HttpRequest, token: string): boolean => Object.values(headers).some((value) => value.includes(token));

const withToken = (request: HttpRequest, before: string, now: string): HttpRequest => ({
  ...request,
  headers: Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name, value.replace(before, () => now)])),
});
