/** New tokens for old. @see https://spec.matrix.org/v1.16/client-server-api/#refreshing-access-tokens */
import { BridgeError } from '#bridge';
import { errorOfAnswer } from './errors.ts';
import { asRecord, asString } from './event-shape.ts';
import { requestJson } from './http.ts';

export interface Tokens {
  readonly accessToken: string;
  /** Absent: the session ends when the access token does. */
  readonly refreshToken?: string | undefined;
}

/** @throws BridgeError `signed-out` when the server wants a new login; others mean "later". */
export const refreshTokens = async (baseUrl: string, refreshToken: string, signal: AbortSignal): Promise<Tokens> => {
  const url = new URL(`${baseUrl}/_matrix/client/v3/refresh`);
  const answer = await requestJson(url, { method: 'POST', body: { refresh_token: refreshToken }, signal });
  if (answer.status === 401 || answer.status === 403) throw new BridgeError('signed-out', { server: url.host });
  if (answer.status !== 200) throw errorOfAnswer({ ...answer, server: url.host }, Date.now());
  const body = asRecord(answer.body);
  const accessToken = asString(body['access_token']);
  if (accessToken === undefined) throw new BridgeError('server-incompatible', { server: url.host });
  // Without a new refresh token the old one stays good.
  return { accessToken, refreshToken: asString(body['refresh_token']) ?? refreshToken };
};
