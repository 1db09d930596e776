import { BridgeError, type BridgeAccount, type BridgeHost } from '#bridge';
import { readSettings, streamOptions, type XmppEnvironment } from './account-settings.ts';
import { storedCredentials } from './stored-credentials.ts';
import { forgetToken } from './stream/forget-token.ts';

/**
 * Has the server forget the token of this installation (XEP-0484), so that a copy of it is good for nothing. An account
 * without one has nothing to sign out of.
 */
export async function logout(account: BridgeAccount, host: BridgeHost, environment: XmppEnvironment): Promise<void> {
  const credentials = storedCredentials(host.secrets);
  const { token } = await credentials.memory.read();
  if (token === null) return;
  try {
    const options = streamOptions(account.address, credentials, readSettings(account.settings), environment);
    const isForgotten = await forgetToken(options, host.signal);
    if (!isForgotten) host.log.info('the server knew the token no more');
  } catch (error) {
    host.log.warn('the token could not be taken back', { code: error instanceof BridgeError ? error.fault.code : 'internal' });
  } finally {
    await credentials.memory.update({ token: null });
  }
}
