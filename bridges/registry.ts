/** The only file that names every network. In the order in which a person is offered them. */
import type { BridgeDefinition } from '#bridge';
import { createDemoBridge } from './demo/index.ts';
import { matrixBridge } from './matrix/index.ts';
import { xmppBridge } from './xmpp/index.ts';

export const bridges: readonly BridgeDefinition[] = [xmppBridge, matrixBridge, createDemoBridge()];
