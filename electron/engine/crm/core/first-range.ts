import type { PushRange } from '#rpc';
import { localTime } from '../text/local-time.ts';
import type { SourceStart } from './push-source.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const daysOf = { week: 7, month: 30 } as const;

/** Where a first push of this range begins. `today` is the person's own day, from its first minute. */
export function startOf(range: PushRange, nowMs: number, timeZone: string): SourceStart {
  if (range.since === 'everything') return {};
  if (range.since === 'message') return { messageId: range.fromId };
  return { atMs: range.since === 'today' ? midnightOf(nowMs, timeZone) : nowMs - daysOf[range.since] * dayMs };
}

/** Days on which the clock is turned are 23 or 25 hours long: so the day itself is asked, not counted. */
function midnightOf(nowMs: number, timeZone: string): number {
  const { day, minute } = localTime(nowMs, timeZone);
  const [hours = 0, minutes = 0] = minute.split(':').map(Number);
  const flooredMs = Math.floor(nowMs / 60_000) * 60_000;
  let atMs = flooredMs - hours * hourMs - minutes * 60_000;
  while (localTime(atMs, timeZone).day !== day) atMs += hourMs / 2;
  while (localTime(atMs - hourMs / 2, timeZone).day === day) atMs -= hourMs / 2;
  return atMs;
}
