import { bridgeId, networkId } from '#model';
import type { BridgeDefinition } from '#bridge';
import type { XmppEnvironment } from './account-settings.ts';
import { roomPasswordPrefix } from './join-room.ts';
import { login, passwordFlow } from './login.ts';
import { logout } from './logout.ts';
import { XmppSession } from './session.ts';
import { signUp } from './sign-up.ts';

/** The XMPP bridge. `environment` is for tests and for distributors with an authority of their own. */
export function createXmppBridge(environment: XmppEnvironment = {}): BridgeDefinition {
  return {
    id: bridgeId('xmpp'),
    name: 'XMPP',
    network: networkId('xmpp'),
    loginFlows: [passwordFlow],
    login: (flowId, values, signal) => login(flowId, values, signal, environment),
    open: (account, savedState, host) => new XmppSession(account, savedState, host, environment),
    signUp: (server, values, signal) => signUp(server, values, signal, environment),
    outlivesSignIn: (secretName) => secretName.startsWith(roomPasswordPrefix),
    logout: (account, host) => logout(account, host, environment),
  };
}

/** Trusts the authorities of the system, and those of NODE_EXTRA_CA_CERTS. */
export const xmppBridge: BridgeDefinition = createXmppBridge();
