import { bridgeId, networkId } from '#model';
import type { BridgeDefinition } from '#bridge';
import { createDemoNetwork, type DemoNetwork } from './network.ts';
import { openDemoSession, type DemoTiming } from './session.ts';

export interface DemoOptions extends Partial<DemoTiming> {
  readonly network?: DemoNetwork;
}

/** An in-process network with a dozen people who write in three languages and answer. Needs no connection. */
export const createDemoBridge = (options: DemoOptions = {}): BridgeDefinition => {
  const timing: DemoTiming = { answerDelayMs: options.answerDelayMs ?? 2_400, now: options.now ?? Date.now };
  const network = options.network ?? createDemoNetwork(timing.now);
  return {
    id: bridgeId('demo'),
    name: 'Sample data',
    network: networkId('demo'),
    loginFlows: [{ id: 'demo', fields: [] }],
    async login() {
      return { address: 'you@demo', displayName: 'You', secrets: {}, settings: {} };
    },
    open: (account, savedState, host) => openDemoSession(account, savedState, host, network, timing),
  };
};
