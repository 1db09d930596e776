import type { ConversationRow } from '../../rpc/index.ts';

/** Pinned ones first, then the newest; the id decides between equal times, as in the store. */
export const byActivity = (left: ConversationRow, right: ConversationRow): number =>
  Number(right.isPinned) - Number(left.isPinned) || right.activeAtMs - left.activeAtMs || right.id - left.id;

/**
 * Folds fresh rows into a sorted list. Rows older than `floor` (the end of what is loaded) stay out, because the
 * next page brings them.
 */
export const mergeRows = (
  rows: readonly ConversationRow[],
  fresh: readonly ConversationRow[],
  floor: ConversationRow | null,
): ConversationRow[] => {
  const freshIds = new Set(fresh.map((row) => row.id));
  const kept = rows.filter((row) => !freshIds.has(row.id));
  const joining = fresh.filter((row) => floor === null || byActivity(row, floor) <= 0 || rows.some(({ id }) => id === row.id));
  return [...kept, ...joining].sort(byActivity);
};

/** The row a step away from the selected one; the ends hold. */
export const stepFrom = <Row extends { readonly id: number }>(
  rows: readonly Row[],
  selectedId: number | null,
  step: 1 | -1,
): Row | null => {
  if (rows.length === 0) return null;
  const index = rows.findIndex((row) => row.id === selectedId);
  if (index === -1) return rows[step === 1 ? 0 : rows.length - 1] ?? null;
  return rows[Math.max(0, Math.min(rows.length - 1, index + step))] ?? null;
};
