/** Signing in with address and password, and signing out. @see https://spec.matrix.org/v1.16/client-server-api/#login */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeError, type AccountBefore, type BridgeAccount, type BridgeHost, type LoginFlow, type LoginResult, type LoginValues } from '#bridge';
import { accessTokenSecret, cryptoFolderPrefix, cryptoKeySecret, readAccountSettings, refreshTokenSecret, storeFileName } from './account-settings.ts';
import { discoverServer } from './discovery.ts';
import { errorOfAnswer } from './errors.ts';
import { grantFlowId, readValues, signIn, toLoginResult, type Grant } from './grant.ts';
import { requestJson, type JsonAnswer } from './http.ts';
import { isUserId, serverOfUser } from './ids.ts';
import { keptDevice, type KeptDevice } from './kept-device.ts';
import { oauthRevoke } from './oauth.ts';
import { refreshTokens } from './refresh.ts';
import { assertPasswordLogin } from './ways-in.ts';

export const passwordFlow: LoginFlow = {
  id: 'password',
  fields: [
    { name: 'address', kind: 'address', isRequired: true, isAdvanced: false, placeholder: '@you:example.org' },
    { name: 'password', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'server', kind: 'text', isRequired: false, isAdvanced: true, placeholder: 'https://matrix.example.org' },
  ],
};

/** `@user:server`; the sign in front may be missing. */
const readAddress = (value: string): string => {
  const trimmed = value.trim();
  const address = trimmed.startsWith('@') ? trimmed : `@${trimmed}`;
  if (!isUserId(address) || address.startsWith('@:')) throw new BridgeError('wrong-address', { detail: trimmed.slice(0, 255) });
  return address;
};

const withPassword = async (flowId: string, values: LoginValues, kept: KeptDevice | null, signal: AbortSignal): Promise<Grant> => {
  if (flowId !== passwordFlow.id) throw new BridgeError('unsupported', { detail: flowId });
  const address = readAddress(values['address'] ?? '');
  const domain = serverOfUser(address) ?? '';
  const baseUrl = await discoverServer(domain, (values['server'] ?? '').trim(), signal);
  await assertPasswordLogin(baseUrl, signal);
  const identifier = { type: 'm.id.user', user: address };
  const proof = { type: 'm.login.password', identifier, password: values['password'] ?? '' };
  return await signIn(baseUrl, proof, kept, signal);
};

/**
 * @param before an account that signs in again: its device goes on where the server still knows it
 * @throws BridgeError that says what was wrong; see {@link discoverServer} for the part before the password
 */
export const login = async (flowId: string, values: LoginValues, signal: AbortSignal, before?: AccountBefore): Promise<LoginResult> => {
  const grant = flowId === grantFlowId ? readValues(values) : await withPassword(flowId, values, await keptDevice(before, signal), signal);
  return await toLoginResult(grant, signal);
};

type Tokened = Pick<Grant, 'baseUrl' | 'accessToken' | 'refreshToken' | 'oauth'>;

const postLogout = (baseUrl: string, accessToken: string, signal: AbortSignal): Promise<JsonAnswer> =>
  requestJson(new URL(`${baseUrl}/_matrix/client/v3/logout`), { method: 'POST', body: {}, signal, accessToken });

/** Ends a session at the server, which removes the device. One that is gone already is fine. @throws BridgeError */
export const endGrant = async ({ baseUrl, accessToken, refreshToken, oauth }: Tokened, signal: AbortSignal): Promise<void> => {
  if (oauth !== undefined) return await oauthRevoke(baseUrl, oauth, refreshToken ?? accessToken, signal);
  let answer = await postLogout(baseUrl, accessToken, signal);
  if (answer.status === 401 && refreshToken !== undefined) {
    // Only an access token that is still good can end the session.
    const fresh = await refreshTokens(baseUrl, refreshToken, signal).catch(() => null);
    if (fresh !== null) answer = await postLogout(baseUrl, fresh.accessToken, signal);
  }
  if (answer.status !== 200 && answer.status !== 401) {
    throw errorOfAnswer({ ...answer, server: new URL(baseUrl).host }, Date.now());
  }
};

/** Signs out at the server and deletes what only this device could use. */
export const logout = async (account: BridgeAccount, host: BridgeHost): Promise<void> => {
  const { baseUrl, oauth } = readAccountSettings(account);
  const accessToken = await host.secrets.get(accessTokenSecret);
  const refreshToken = (await host.secrets.get(refreshTokenSecret)) ?? undefined;
  if (accessToken !== null) await endGrant({ baseUrl, accessToken, refreshToken, oauth }, host.signal);
  await host.secrets.delete(accessTokenSecret);
  await host.secrets.delete(refreshTokenSecret);
  await host.secrets.delete(cryptoKeySecret);
  for (const name of await readdir(host.dataDir)) {
    if (name.startsWith(cryptoFolderPrefix)) await rm(join(host.dataDir, name), { recursive: true, force: true });
  }
  for (const suffix of ['', '-wal', '-shm', '.damaged']) {
    await rm(join(host.dataDir, storeFileName + suffix), { force: true });
  }
};
