import type { ConnectorContext } from '../connector.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * How one request says who sends it, at products that take both: signed in with the browser where a registration is
 * given, else by the token that was pasted.
 * @throws AuthNeeded when the person has to sign in again
 */
export const authorizationOf = async ({ values, accessToken }: ConnectorContext, pasted: () => Headers): Promise<Headers> =>
  (values['clientId'] ?? '') === '' ? pasted() : { authorization: `Bearer ${await accessToken()}` };
