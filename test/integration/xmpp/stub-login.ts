import { BridgeError, type BridgeFault } from '#bridge';
import type { XmppEnvironment } from '../../../bridges/xmpp/account-settings.ts';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';

/** Signs in at a scripted server, as when an account is added. @returns the fault, or null when it worked */
export async function loginFault(environment: XmppEnvironment, password: string): Promise<BridgeFault | null> {
  try {
    await createXmppBridge(environment).login('password', { address: 'user@stub.test', password }, new AbortController().signal);
    return null;
  } catch (error) {
    if (error instanceof BridgeError) return error.fault;
    throw error;
  }
}
