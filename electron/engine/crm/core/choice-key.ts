import type { ConnectorManifest } from '../connector.ts';
import type { PlanContent } from './plan.ts';

/** The key under which the choice of this connector is remembered. */
export const choiceKey = (manifest: ConnectorManifest, wish: Pick<PlanContent, 'contactKey' | 'containerKey'>): string =>
  manifest.chooses === 'contact' ? wish.contactKey : wish.containerKey;
