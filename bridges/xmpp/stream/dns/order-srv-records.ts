import type { SrvRecord } from './resolver.ts';

/**
 * The order in which to try SRV targets: by priority, and within one priority drawn by weight (RFC 2782).
 * `random` gives numbers in [0, 1).
 */
export function orderSrvRecords<Entry extends SrvRecord>(records: readonly Entry[], random: () => number): Entry[] {
  const priorities = [...new Set(records.map((record) => record.priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    drawByWeight(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function drawByWeight<Entry extends SrvRecord>(records: readonly Entry[], random: () => number): Entry[] {
  // RFC 2782: those with weight 0 come first in the running sum, so they have a small chance to be drawn early.
  const left = [...records].sort((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
  const drawn: Entry[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, record) => sum + record.weight, 0);
    const target = Math.floor(random() * (total + 1));
    let sum = 0;
    const index = left.findIndex((record) => (sum += record.weight) >= target);
    drawn.push(...left.splice(index, 1));
  }
  return drawn;
}
