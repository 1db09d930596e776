import { bridgeId, networkId } from '#model';
import type { BridgeDefinition } from '#bridge';
import { openDemoSession, type DemoTiming } from './session.ts';

/** An in-process network with a dozen people who write in three languages and answer. Needs no connection. */
export const createDemoBridge = (timing: Partial<DemoTiming> = {}): BridgeDefinition => ({
  id: bridgeId('demo'),
  name: 'Sample data',
  network: networkId('demo'),
  loginFlows: [{ id: 'demo', fields: [] }],
  async login() {
    return { address: 'you@demo', displayName: 'You', secrets: {}, settings: {} };
  },
  open: (account, savedState, host) =>
    openDemoSession(account, savedState, host, { answerDelayMs: 2_400, now: Date.now, ...timing }),
});
