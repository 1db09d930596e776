import type { MessageId, MessageRow } from '../../rpc/index.ts';

/** The rows in memory: a stretch of the conversation, ascending. */
export interface TimelineWindow {
  readonly rows: readonly MessageRow[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** More than this is cut off at the far end; it is a page away when scrolled back. */
export const largestWindow = 300;

export const emptyWindow: TimelineWindow = { rows: [], hasOlder: false, hasNewer: false };

const withoutKnown = (rows: readonly MessageRow[], known: readonly MessageRow[]): MessageRow[] => {
  const ids = new Set(known.map((row) => row.id));
  return rows.filter((row) => !ids.has(row.id));
};

export const prependPage = (window: TimelineWindow, older: readonly MessageRow[], hasOlder: boolean): TimelineWindow => {
  const rows = [...withoutKnown(older, window.rows), ...window.rows];
  const isCut = rows.length > largestWindow;
  return { rows: isCut ? rows.slice(0, largestWindow) : rows, hasOlder, hasNewer: window.hasNewer || isCut };
};

export const appendPage = (window: TimelineWindow, newer: readonly MessageRow[], hasNewer: boolean): TimelineWindow => {
  const rows = [...window.rows, ...withoutKnown(newer, window.rows)];
  const isCut = rows.length > largestWindow;
  return { rows: isCut ? rows.slice(-largestWindow) : rows, hasOlder: window.hasOlder || isCut, hasNewer };
};

/** The same messages read again: rows whose sender's picture is another one now are swapped, all others stay the same. */
export const patchPictures = (window: TimelineWindow, fresh: readonly MessageRow[]): TimelineWindow => {
  const pictureOf = new Map(fresh.map((row) => [row.id, row.senderAvatarId]));
  const rows = window.rows.map((row) => {
    const senderAvatarId = pictureOf.get(row.id);
    return senderAvatarId === undefined || senderAvatarId === row.senderAvatarId ? row : { ...row, senderAvatarId };
  });
  return rows.some((row, index) => row !== window.rows[index]) ? { ...window, rows } : window;
};

/** Swaps changed rows in place and drops removed ones; rows that did not change keep their identity. */
export const patchRows = (
  window: TimelineWindow,
  fresh: readonly MessageRow[],
  removedIds: readonly MessageId[],
): TimelineWindow => {
  const freshById = new Map(fresh.map((row) => [row.id, row]));
  const removed = new Set(removedIds);
  const rows = window.rows.filter((row) => !removed.has(row.id)).map((row) => freshById.get(row.id) ?? row);
  return { ...window, rows };
};
