/** Signing in with address and password, and signing out. @see https://spec.matrix.org/v1.16/client-server-api/#login */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeError, type BridgeAccount, type BridgeHost, type LoginFlow, type LoginResult, type LoginValues } from '#bridge';
import { accessTokenSecret, cryptoFolderPrefix, cryptoKeySecret, readAccountSettings, refreshTokenSecret, storeFileName } from './account-settings.ts';
import { discoverServer } from './discovery.ts';
import { errorOfAnswer } from './errors.ts';
import { asArray, asName, asRecord, asString, type JsonRecord } from './event-shape.ts';
import { requestJson, type JsonAnswer } from './http.ts';
import { isUserId, serverOfUser } from './ids.ts';
import { refreshTokens } from './refresh.ts';
import { ssoFlowId } from './web-sign-in.ts';

export const passwordFlow: LoginFlow = {
  id: 'password',
  fields: [
    { name: 'address', kind: 'address', isRequired: true, isAdvanced: false, placeholder: '@you:example.org' },
    { name: 'password', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'server', kind: 'text', isRequired: false, isAdvanced: true, placeholder: 'https://matrix.example.org' },
  ],
};

const deviceName = 'Palomar';

/** `@user:server`; the sign in front may be missing. */
const readAddress = (value: string): string => {
  const trimmed = value.trim();
  const address = trimmed.startsWith('@') ? trimmed : `@${trimmed}`;
  if (!isUserId(address) || address.startsWith('@:')) throw new BridgeError('wrong-address', { detail: trimmed.slice(0, 255) });
  return address;
};

const assertPasswordLogin = async (baseUrl: string, signal: AbortSignal): Promise<void> => {
  const url = new URL(`${baseUrl}/_matrix/client/v3/login`);
  const answer = await requestJson(url, { signal });
  if (answer.status !== 200) {
    const error = errorOfAnswer({ ...answer, server: url.host }, Date.now());
    throw error.fault.code === 'rate-limited' ? error : new BridgeError('server-incompatible', error.fault);
  }
  const flows = asArray(asRecord(answer.body)['flows']).map((flow) => asRecord(flow)['type']);
  if (!flows.includes('m.login.password')) {
    throw new BridgeError('no-login-method', { server: url.host, detail: flows.map(String).join(', ').slice(0, 200) });
  }
};

interface Session {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

/** `proof`: what shows who we are, in the words of one of the server's ways to sign in. */
const signIn = async (baseUrl: string, proof: JsonRecord, signal: AbortSignal): Promise<Session> => {
  const url = new URL(`${baseUrl}/_matrix/client/v3/login`);
  const answer = await requestJson(url, {
    method: 'POST',
    signal,
    body: { ...proof, initial_device_display_name: deviceName, refresh_token: true },
  });
  if (answer.status !== 200) throw loginError(errorOfAnswer({ ...answer, server: url.host }, Date.now()));
  const body = asRecord(answer.body);
  const { user_id: userId, device_id: deviceId, access_token: accessToken } = body;
  if (!isUserId(userId) || typeof deviceId !== 'string' || typeof accessToken !== 'string') {
    throw new BridgeError('server-incompatible', { server: url.host, detail: 'login answered without a session' });
  }
  return { userId, deviceId, accessToken, refreshToken: asString(body['refresh_token']) };
};

/** At the login `M_FORBIDDEN` means the password, not a right that is missing. */
const loginError = (error: BridgeError): BridgeError =>
  error.fault.code === 'forbidden' || error.fault.code === 'signed-out'
    ? new BridgeError('wrong-password', error.fault)
    : error;

const fetchDisplayName = async (baseUrl: string, userId: string, signal: AbortSignal): Promise<string | null> => {
  const url = new URL(`${baseUrl}/_matrix/client/v3/profile/${encodeURIComponent(userId)}`);
  const answer = await requestJson(url, { signal });
  return answer.status === 200 ? asName(asRecord(answer.body)['displayname']) : null;
};

interface SignedIn {
  readonly baseUrl: string;
  readonly session: Session;
}

const withPassword = async (flowId: string, values: LoginValues, signal: AbortSignal): Promise<SignedIn> => {
  if (flowId !== passwordFlow.id) throw new BridgeError('unsupported', { detail: flowId });
  const address = readAddress(values['address'] ?? '');
  const domain = serverOfUser(address) ?? '';
  const baseUrl = await discoverServer(domain, (values['server'] ?? '').trim(), signal);
  await assertPasswordLogin(baseUrl, signal);
  const identifier = { type: 'm.id.user', user: address };
  const proof = { type: 'm.login.password', identifier, password: values['password'] ?? '' };
  return { baseUrl, session: await signIn(baseUrl, proof, signal) };
};

/** The token that the server's page gave, good once and for two minutes. */
const withToken = async (values: LoginValues, signal: AbortSignal): Promise<SignedIn> => {
  const baseUrl = await discoverServer('', values['server'] ?? '', signal);
  return { baseUrl, session: await signIn(baseUrl, { type: 'm.login.token', token: values['loginToken'] ?? '' }, signal) };
};

/** @throws BridgeError that says what was wrong; see {@link discoverServer} for the part before the password. */
export const login = async (flowId: string, values: LoginValues, signal: AbortSignal): Promise<LoginResult> => {
  const { baseUrl, session } = flowId === ssoFlowId ? await withToken(values, signal) : await withPassword(flowId, values, signal);
  // A name is nice to have; the session must not be lost over it.
  const displayName = await fetchDisplayName(baseUrl, session.userId, signal).catch(() => null);
  return {
    address: session.userId,
    displayName,
    secrets: {
      [accessTokenSecret]: session.accessToken,
      ...(session.refreshToken === undefined ? {} : { [refreshTokenSecret]: session.refreshToken }),
    },
    settings: { baseUrl, userId: session.userId, deviceId: session.deviceId },
  };
};

const postLogout = (baseUrl: string, accessToken: string, signal: AbortSignal): Promise<JsonAnswer> =>
  requestJson(new URL(`${baseUrl}/_matrix/client/v3/logout`), { method: 'POST', body: {}, signal, accessToken });

/** Ends the session at the server, which removes the device. A session that is gone already is fine. */
export const logout = async (account: BridgeAccount, host: BridgeHost): Promise<void> => {
  const { baseUrl } = readAccountSettings(account);
  const accessToken = await host.secrets.get(accessTokenSecret);
  const refreshToken = await host.secrets.get(refreshTokenSecret);
  if (accessToken !== null) {
    let answer = await postLogout(baseUrl, accessToken, host.signal);
    if (answer.status === 401 && refreshToken !== null) {
      // Only an access token that is still good can end the session.
      const fresh = await refreshTokens(baseUrl, refreshToken, host.signal).catch(() => null);
      if (fresh !== null) answer = await postLogout(baseUrl, fresh.accessToken, host.signal);
    }
    if (answer.status !== 200 && answer.status !== 401) {
      throw errorOfAnswer({ ...answer, server: new URL(baseUrl).host }, Date.now());
    }
  }
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
