import type { BridgeEvent } from '#bridge';

/** Somebody tried what they must not; kept for a person who looks closer. */
export const securityEvent = (rule: string, detail: string): BridgeEvent => ({
  type: 'security',
  rule,
  detail: detail.slice(0, 500),
});
