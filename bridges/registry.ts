/** The only file that names every network. */
import type { BridgeDefinition } from '#bridge';
import { createDemoBridge } from './demo/index.ts';

export const bridges: readonly BridgeDefinition[] = [createDemoBridge()];
