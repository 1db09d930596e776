/** A session that a server gave us, by whichever way in; and what of it is kept. */
import { BridgeError, type LoginResult, type LoginValues } from '#bridge';
import { accessTokenSecret, cryptoKeySecret, refreshTokenSecret } from './account-settings.ts';
import { errorOfAnswer } from './errors.ts';
import { asName, asRecord, asString, type JsonRecord } from './event-shape.ts';
import { requestJson } from './http.ts';
import { isUserId } from './ids.ts';
import type { KeptDevice } from './kept-device.ts';
import type { OAuthAccount } from './oauth.ts';

export interface Grant {
  readonly baseUrl: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly oauth?: OAuthAccount | undefined;
  /** Of a device that goes on being the same: what opens its keys. */
  readonly cryptoKey?: string | undefined;
}

/** How our devices are called in people's lists of sessions. */
export const deviceName = 'Palomar';

/** At the login `M_FORBIDDEN` means the password, not a right that is missing. */
const loginError = (error: BridgeError): BridgeError =>
  ['forbidden', 'signed-out', 'session-expired'].includes(error.fault.code) ? new BridgeError('wrong-password', error.fault) : error;

/**
 * Signs in by Matrix's own login. `proof`: what shows who we are, in the words of one of the server's ways to sign in.
 * @see https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3login
 */
export const signIn = async (baseUrl: string, proof: JsonRecord, kept: KeptDevice | null, signal: AbortSignal): Promise<Grant> => {
  const url = new URL(`${baseUrl}/_matrix/client/v3/login`);
  const device = kept === null ? {} : { device_id: kept.deviceId };
  const body = { ...proof, ...device, initial_device_display_name: deviceName, refresh_token: true };
  const answer = await requestJson(url, { method: 'POST', signal, body });
  if (answer.status !== 200) throw loginError(errorOfAnswer({ ...answer, server: url.host }, Date.now()));
  const said = asRecord(answer.body);
  const { user_id: userId, device_id: deviceId, access_token: accessToken } = said;
  if (!isUserId(userId) || typeof deviceId !== 'string' || typeof accessToken !== 'string') {
    throw new BridgeError('server-incompatible', { server: url.host, detail: 'login answered without a session' });
  }
  return withKey({ baseUrl, userId, deviceId, accessToken, refreshToken: asString(said['refresh_token']) }, kept);
};

/** Keys stay only with the device and the person that they belong to, whatever the server says. */
export const withKey = (grant: Grant, kept: KeptDevice | null): Grant =>
  kept !== null && kept.deviceId === grant.deviceId && kept.userId === grant.userId ? { ...grant, cryptoKey: kept.cryptoKey } : grant;

const fetchDisplayName = async (baseUrl: string, userId: string, signal: AbortSignal): Promise<string | null> => {
  const url = new URL(`${baseUrl}/_matrix/client/v3/profile/${encodeURIComponent(userId)}`);
  const answer = await requestJson(url, { signal });
  return answer.status === 200 ? asName(asRecord(answer.body)['displayname']) : null;
};

/** What the engine keeps of a session: secrets apart from plain settings. */
export const toLoginResult = async (grant: Grant, signal: AbortSignal): Promise<LoginResult> => {
  const { baseUrl, userId, deviceId, accessToken, refreshToken, oauth, cryptoKey } = grant;
  // A name is nice to have; the session must not be lost over it.
  const displayName = await fetchDisplayName(baseUrl, userId, signal).catch(() => null);
  return {
    address: userId,
    displayName,
    secrets: {
      [accessTokenSecret]: accessToken,
      ...(refreshToken === undefined ? {} : { [refreshTokenSecret]: refreshToken }),
      ...(cryptoKey === undefined ? {} : { [cryptoKeySecret]: cryptoKey }),
    },
    settings: { baseUrl, userId, deviceId, ...(oauth === undefined ? {} : { oauth: { ...oauth } }) },
  };
};

/** Not listed among the flows: only a dialog of ours makes such values, never a form. */
export const grantFlowId = 'session';

/** A session on its way from the dialog that got it to `login`. */
export const toValues = (grant: Grant): LoginValues => ({ grant: JSON.stringify(grant) });

export const readValues = (values: LoginValues): Grant => JSON.parse(values['grant'] ?? '') as Grant;
