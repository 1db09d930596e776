/**
 * Whether somebody who signs in again goes on with the device they had. A server that says "soft logout" still knows
 * the device and its keys; any other refusal means that the device is gone, and that nobody may use its name again:
 * others would see a device whose keys changed.
 * @see https://spec.matrix.org/v1.16/client-server-api/#soft-logout
 */
import { BridgeError, type AccountBefore } from '#bridge';
import { accessTokenSecret, cryptoKeySecret, readAccountSettings, refreshTokenSecret } from './account-settings.ts';
import { asRecord } from './event-shape.ts';
import { requestJson } from './http.ts';
import { oauthRefresh } from './oauth.ts';

export interface KeptDevice {
  readonly userId: string;
  readonly deviceId: string;
  /** What opens the keys of the device; without it they are lost, and the device with them. */
  readonly cryptoKey: string;
}

/** Null: what follows is a new device. @throws BridgeError when the server cannot be asked */
export const keptDevice = async (before: AccountBefore | undefined, signal: AbortSignal): Promise<KeptDevice | null> => {
  if (before === undefined) return null;
  const { baseUrl, userId, deviceId, oauth } = readAccountSettings(before.account);
  const cryptoKey = await before.secrets.get(cryptoKeySecret);
  const accessToken = await before.secrets.get(accessTokenSecret);
  if (cryptoKey === null || accessToken === null) return null;
  const kept = { userId, deviceId, cryptoKey };
  if (await isKnown(baseUrl, accessToken, signal)) return kept;
  const refreshToken = await before.secrets.get(refreshTokenSecret);
  if (oauth === undefined || refreshToken === null) return null;
  try {
    // Its answer is not used, so the tokens that are kept stay good.
    await oauthRefresh(baseUrl, oauth, signal)(refreshToken);
    return kept;
  } catch (error) {
    if (error instanceof BridgeError && ['signed-out', 'sign-in-unsafe', 'server-incompatible'].includes(error.fault.code)) return null;
    throw error;
  }
};

const isKnown = async (baseUrl: string, accessToken: string, signal: AbortSignal): Promise<boolean> => {
  const answer = await requestJson(new URL(`${baseUrl}/_matrix/client/v3/account/whoami`), { signal, accessToken });
  if (answer.status === 200) return true;
  return answer.status === 401 && asRecord(answer.body)['soft_logout'] === true;
};
