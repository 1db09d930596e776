/** Signing in by OAuth: this program is made known, the browser asks the person, the code becomes tokens. */
import { randomInt } from 'node:crypto';
import { BridgeError } from '#bridge';
import { loadOAuth, type OAuthTokens } from '#kit';
import { errorOfAnswer } from './errors.ts';
import { asRecord } from './event-shape.ts';
import { withKey, type Grant } from './grant.ts';
import { oauthSend, requestJson } from './http.ts';
import { isUserId } from './ids.ts';
import type { KeptDevice } from './kept-device.ts';
import { apiScope, clientMetadata, deviceScope, redirectPath, type AuthMetadata } from './oauth.ts';
import type { WebVisit } from './web-visit.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Ours to choose with OAuth; long enough that nobody has it already. */
const newDeviceId = (): string => Array.from({ length: 16 }, () => letters[randomInt(letters.length)]).join('');

/**
 * Opens the way back and makes the link for the browser.
 * @throws BridgeError `no-login-method` when the server takes no programs that it does not know
 */
export async function visitOAuth(baseUrl: string, { server }: AuthMetadata, kept: KeptDevice | null, patienceMs: number, signal: AbortSignal): Promise<WebVisit> {
  const { beginAuthorization, listenForReturn, registerClient } = await loadOAuth();
  const send = oauthSend(signal);
  const clientId = await registerClient(server, clientMetadata, send);
  const deviceId = kept?.deviceId ?? newDeviceId();
  let judge = (_query: URLSearchParams): boolean => false;
  const listener = await listenForReturn({
    path: redirectPath,
    judge: (query) => (judge(query) ? (query.has('code') ? 'welcome' : 'declined') : null),
    patienceMs,
  });
  const scope = `${apiScope} ${deviceScope(deviceId)}`;
  const authorization = await beginAuthorization({ server, clientId, send }, listener.address, { scope });
  judge = (query) => authorization.isAnswer(query);
  return {
    link: authorization.link,
    close: () => listener.close(),
    async grant(ofWait) {
      const tokens = await authorization.finish(await listener.answer);
      listener.close();
      const oauth = { issuer: server.issuer, clientId };
      const session = { baseUrl, deviceId, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken, oauth };
      assertScope(tokens, deviceId, new URL(baseUrl).host);
      return withKey({ ...session, userId: await whoIs(session, ofWait) }, kept);
    },
  };
}

/** A server may grant less than was asked for, and then has to say so (RFC 6749, 5.1). */
function assertScope({ scope }: OAuthTokens, deviceId: string, server: string): void {
  const granted = scope?.split(' ');
  // Older versions of the proposal said it in other words.
  const hasEnding = (ending: string): boolean => granted?.some((one) => one.startsWith('urn:matrix:') && one.endsWith(ending)) ?? true;
  if (!hasEnding('client:api:*') || !hasEnding(`client:device:${deviceId}`)) {
    throw new BridgeError('sign-in-declined', { server, detail: `granted only: ${scope?.slice(0, 200) ?? ''}` });
  }
}

/** The homeserver has the last word on who we are. @throws BridgeError `server-incompatible` for another device */
async function whoIs({ baseUrl, deviceId, accessToken }: Omit<Grant, 'userId'>, signal: AbortSignal): Promise<string> {
  const url = new URL(`${baseUrl}/_matrix/client/v3/account/whoami`);
  const answer = await requestJson(url, { signal, accessToken });
  if (answer.status !== 200) throw errorOfAnswer({ ...answer, server: url.host }, Date.now());
  const { user_id: userId, device_id: given } = asRecord(answer.body);
  if (!isUserId(userId) || given !== deviceId) throw new BridgeError('server-incompatible', { server: url.host, detail: 'the session is not the one that was asked for' });
  return userId;
}
