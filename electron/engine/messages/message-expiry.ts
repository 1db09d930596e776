import type { WritableDb } from '../store/database.ts';
import { messageHints } from '../store/repositories/message-hints.ts';
import type { ChangeSet } from '../sync/change-set.ts';
import { expireMessages } from '../sync/expire-messages.ts';

export interface MessageExpiryOptions {
  readonly db: WritableDb;
  readonly publish: (changes: ChangeSet) => void;
  readonly now: () => number;
}

/** Empties timed messages when their time is over, also what ran out while the program did not run. */
export interface MessageExpiry {
  /** Something was read or came: looks once, and again when the next one is due. */
  readonly check: () => void;
  readonly stop: () => void;
}

const longestWaitMs = 60 * 60_000;
const shortestWaitMs = 250;

export const createMessageExpiry = ({ db, publish, now }: MessageExpiryOptions): MessageExpiry => {
  let timer: NodeJS.Timeout | undefined;
  const check = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const changes = expireMessages(db, now());
    if (changes !== null) publish(changes);
    const nextMs = messageHints.nextExpiryMs(db);
    if (nextMs === null) return;
    timer = setTimeout(check, Math.min(Math.max(nextMs - now(), shortestWaitMs), longestWaitMs));
    timer.unref();
  };
  return {
    check,
    stop: () => clearTimeout(timer),
  };
};
