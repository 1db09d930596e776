import type { MessageRow, OutageRow } from '../../rpc/index.ts';

/** A message with everything around it that depends on its neighbours. */
export interface TimelineItem {
  readonly row: MessageRow;
  /** A day begins here. */
  readonly startsDay: boolean;
  /** The first message that was not read when the conversation was opened. */
  readonly startsNew: boolean;
  /** First of a run by one sender: has some air above. */
  readonly startsRun: boolean;
  /** Another person than before speaks: the name stands above. */
  readonly showsSender: boolean;
  /** Before it messages may be missing, for the bridge was out. */
  readonly outage?: OutageRow | undefined;
}

const longestRunMs = 5 * 60_000;

const isSameDay = (left: number, right: number): boolean => {
  const a = new Date(left);
  const b = new Date(right);
  return a.getDate() === b.getDate() && a.getMonth() === b.getMonth() && a.getFullYear() === b.getFullYear();
};

const isSameSender = (before: MessageRow, row: MessageRow): boolean =>
  (before.kind === 'push' || before.kind === 'system') === (row.kind === 'push' || row.kind === 'system') &&
  before.isOwn === row.isOwn &&
  before.senderId === row.senderId &&
  before.senderName === row.senderName;

const itemByRow = new WeakMap<MessageRow, TimelineItem>();

/** The item that was made last for this row, when nothing changed: then nothing has to be drawn again. */
const sameOrNew = (item: TimelineItem): TimelineItem => {
  const known = itemByRow.get(item.row);
  const isSame =
    known?.startsDay === item.startsDay &&
    known.startsNew === item.startsNew &&
    known.startsRun === item.startsRun &&
    known.showsSender === item.showsSender &&
    known.outage?.fromMs === item.outage?.fromMs &&
    known.outage?.untilMs === item.outage?.untilMs;
  if (known && isSame) return known;
  itemByRow.set(item.row, item);
  return item;
};

/**
 * The first row of a window that has older rows shows neither day nor sender: its predecessor is unknown, and taking
 * something away again would move what the person is reading.
 */
export const toTimelineItems = (
  rows: readonly MessageRow[],
  { hasOlder, readUpToId, outages = [] }: { readonly hasOlder: boolean; readonly readUpToId: number | null; readonly outages?: readonly OutageRow[] },
): TimelineItem[] => {
  let isNewSeen = readUpToId === null;
  return rows.map((row, index) => {
    const before = rows[index - 1];
    if (!before) return sameOrNew({ row, startsDay: !hasOlder, startsNew: false, startsRun: !hasOlder, showsSender: !hasOlder && !row.isOwn });
    const startsDay = !isSameDay(before.sentAtMs, row.sentAtMs);
    const startsNew = !isNewSeen && before.id === readUpToId && !row.isOwn;
    if (startsNew) isNewSeen = true;
    const outage = outages.find(({ fromMs }) => before.sentAtMs < fromMs && row.sentAtMs >= fromMs);
    const showsSender = startsDay || startsNew || outage !== undefined || row.hasGapBefore || !isSameSender(before, row);
    const startsRun = showsSender || row.sentAtMs - before.sentAtMs >= longestRunMs;
    return sameOrNew({ row, startsDay, startsNew, startsRun, showsSender: showsSender && !row.isOwn, outage });
  });
};

const charactersPerLine = 72;
const lineHeightPx = 20;
const bubbleFramePx = 22;
const longestShown = 4_000;

/** A first guess in pixels, before the row was ever drawn; close guesses keep the scroll bar calm. */
export const guessHeight = (item: TimelineItem | undefined): number => {
  if (!item) return 60;
  const { row } = item;
  const text = row.text.slice(0, longestShown);
  const lines = text ? text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / charactersPerLine)), 0) : 0;
  let height = bubbleFramePx + lines * lineHeightPx;
  if (item.startsDay) height += 44;
  if (item.startsNew) height += 36;
  if (item.outage) height += 34;
  if (item.showsSender) height += 32;
  else if (item.startsRun) height += 8;
  if (row.replyTo) height += 26;
  if (row.reactions.length > 0) height += 28;
  if (row.thread !== null) height += 28;
  if (row.poll !== null) height += 60 + row.poll.answers.length * 40;
  for (const file of row.attachments) height += file.widthPx && file.heightPx ? imageSize(file.widthPx, file.heightPx).height + 8 : 66;
  return height;
};

/**
 * The guess for the first row counts the day and the sender that it may still get: a row that gains them unseen, when
 * the beginning turns out to be reached, would else push down what is being read.
 */
export const guessFirstHeight = (item: TimelineItem | undefined): number =>
  guessHeight(item && { ...item, startsDay: true, startsRun: true, showsSender: !item.row.isOwn });

const largestImage = { width: 360, height: 320 } as const;

/** The room an image takes, known before its bytes are: so that nothing moves when it arrives. */
export const imageSize = (widthPx: number, heightPx: number): { readonly width: number; readonly height: number } => {
  const scale = Math.min(1, largestImage.width / Math.max(1, widthPx), largestImage.height / Math.max(1, heightPx));
  return { width: Math.max(24, Math.round(widthPx * scale)), height: Math.max(24, Math.round(heightPx * scale)) };
};
