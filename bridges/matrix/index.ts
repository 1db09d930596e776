/** Matrix: rooms and people on any homeserver, through the client-server API. */
import type { BridgeDefinition } from '#bridge';
import { bridgeId, networkId } from '#model';
import { login, logout, passwordFlow } from './login.ts';
import { openSession } from './session.ts';
import { openWebSignIn } from './web-sign-in.ts';

export const matrixBridge: BridgeDefinition = {
  id: bridgeId('matrix'),
  name: 'Matrix',
  network: networkId('matrix'),
  loginFlows: [passwordFlow],
  login,
  open: openSession,
  logout,
  signInOnWeb: openWebSignIn,
};
