import type { DeliveryState } from '#model';

const rank: Readonly<Record<DeliveryState, number>> = {
  failed: 0,
  waiting: 1,
  sending: 2,
  sent: 3,
  delivered: 4,
  read: 5,
};

/**
 * Whether a message of ours may go from one state to the next: only forward, and `failed` only until somebody
 * has received it (a server may refuse what it took a moment before).
 */
export function isForward(from: DeliveryState | null, to: DeliveryState): boolean {
  if (!Object.hasOwn(rank, to)) return false;
  if (from === null) return true;
  if (to === 'failed') return from !== 'failed' && rank[from] < rank.delivered;
  return rank[to] > rank[from];
}
