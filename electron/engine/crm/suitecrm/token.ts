import type { ConnectorContext } from '../connector.ts';
import { AuthNeeded } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';

interface Token {
  readonly text: string;
  readonly goodUntilMs: number;
}

/** Asked for anew this long before it ends. */
const earlyMs = 60_000;

/**
 * A token for the program itself (RFC 6749, 4.4), or for a person where the registration there is of the kind "password"
 * (4.3), which the authorization server of the core does not know. Kept in memory only.
 * @throws AuthNeeded when the registration or the password is refused
 */
export async function tokenOf(context: ConnectorContext): Promise<string> {
  const known = context.memory.get('token') as Token | undefined;
  if (known !== undefined && Date.now() < known.goodUntilMs) return known.text;
  const { clientId = '', clientSecret = '', user = '', password = '' } = context.values;
  const person = user === '' ? { grant_type: 'client_credentials' } : { grant_type: 'password', username: user, password };
  const answer = await context.http.send({
    method: 'POST',
    path: '/access_token',
    json: { ...person, client_id: clientId, client_secret: clientSecret },
    signal: context.signal,
  });
  const body = answer.status === 200 ? asRecord(readJson(answer)) : {};
  const text = asText(body['access_token']);
  if (text === '') throw new AuthNeeded({ detail: `HTTP ${answer.status} for the token` });
  context.memory.set('token', { text, goodUntilMs: Date.now() + Number(body['expires_in'] ?? 0) * 1000 - earlyMs } satisfies Token);
  return text;
}

export const forgetToken = (context: ConnectorContext): void => void context.memory.delete('token');
