import type { MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from './database.ts';
import { statement } from './statements.ts';

/**
 * Ids of messages grow with the time they were written: seconds since 2000-01-01 times 64, plus a number within the second.
 *
 * Because the full-text index is walked by row id, "newest first" then costs nothing, also for history that is
 * fetched years later. Where more than 64 messages fall into a second the ids run on into the following seconds;
 * nothing but the order of search hits within such a burst depends on it.
 */
const slotsPerSecond = 64;
const epochSeconds = 946_684_800;

const firstId = (sentAtMs: number): number =>
  Math.max(Math.floor(sentAtMs / 1000) - epochSeconds, 0) * slotsPerSecond + 1;

/** Gives out ids; get the instance with {@link messageIds}. */
export class MessageIds {
  private last = 0;
  /** Where the present run of ids began: from here to the last one all are given out. */
  private start = 0;

  /** The id to try first for a message written at this time. */
  next(sentAtMs: number): MessageId {
    const first = firstId(sentAtMs);
    // A burst: continue behind the id given last, so that arrival order is kept. Thousands a second run far ahead of
    // their time; within such a run there is nothing free to look for.
    const isNear = this.last >= first && (this.last < first + slotsPerSecond * 60 || first >= this.start);
    if (isNear) this.last += 1;
    else this.start = this.last = first;
    return this.last as MessageId;
  }

  /** When the id was taken: the next free one after it, in strides that double, so a crowded second stays cheap. */
  nextFree(db: ReadableDb, taken: MessageId): MessageId {
    const newestIn = statement<{ id: number | null }>(db, 'SELECT max(id) AS id FROM messages WHERE id BETWEEN ? AND ?');
    let from: number = taken;
    for (let stride = slotsPerSecond; ; stride *= 2) {
      const newest = newestIn.get(from, from + stride)?.id ?? null;
      if (newest === null || newest < from + stride) {
        this.last = (newest ?? from) + (newest === null ? 0 : 1);
        return this.last as MessageId;
      }
      from += stride;
    }
  }
}

const idsOf = new WeakMap<WritableDb, MessageIds>();

/** The one giver of ids of a database. */
export function messageIds(db: WritableDb): MessageIds {
  let ids = idsOf.get(db);
  if (!ids) idsOf.set(db, (ids = new MessageIds()));
  return ids;
}
