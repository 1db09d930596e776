/**
 * Keys may reach us without a word: another device saves its own into the backup minutes after we looked there, or we
 * were killed between a key and the messages that waited for it. While messages wait, this looks again.
 */
import { createBackoff } from '#kit';
import type { WaitingEvents, WantedKey } from '../store/waiting-events.ts';

export interface KeySearch {
  setOnline(isOnline: boolean): void;
  /** Messages wait for keys: the next look comes soon. */
  soon(): void;
  /** Something changed for all that wait, such as a backup that can be opened now: everything is tried again. */
  restart(): void;
  stop(): void;
}

interface Options {
  readonly waiting: Pick<WaitingEvents, 'keys'>;
  /** Tries to read the messages of these sessions; the SDK asks the backup for keys that it misses then. */
  readonly readAgain: (keys: readonly WantedKey[]) => Promise<void>;
  /** The server's word for what is in the backup; null: none that we could open. */
  readonly backupTag: () => Promise<string | null>;
}

/** The SDK does not ask the backup twice for a key within 5 s (KEY_BACKUP_BACKOFF): every look comes after more than that. */
const leastMs = 6_000;
const mostMs = 30 * 60_000;
/** Each may cost a request. */
const mostAtOnce = 200;

export const createKeySearch = ({ waiting, readAgain, backupTag }: Options): KeySearch => {
  const backoff = createBackoff({ leastMs, mostMs, random: () => 0.5 + Math.random() / 2 });
  /** What the last two looks found: one more look follows a change, for the SDK may have asked just before it. */
  let tags: readonly [string | null, string | null] = [null, null];
  /** Where the round goes on; null: every key has been tried. */
  let round: { readonly after: WantedKey | null } | null = { after: null };
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Infinity;
  let isOnline = false;
  let isLooking = false;
  let isStopped = false;

  /** A look that comes sooner anyway stays: whoever calls often must not put it off for ever. */
  const plan = (waitMs: number): void => {
    if (!isOnline || isStopped || isLooking || waiting.keys(null, 1).length === 0) return;
    const atMs = performance.now() + waitMs;
    if (atMs >= dueMs) return;
    clearTimeout(timer);
    dueMs = atMs;
    timer = setTimeout(() => void look(), waitMs);
  };

  const cancel = (): void => {
    clearTimeout(timer);
    dueMs = Infinity;
  };

  const tryOn = async ({ after }: { readonly after: WantedKey | null }): Promise<void> => {
    const keys = waiting.keys(after, mostAtOnce);
    const rest = keys.length < mostAtOnce ? null : { after: keys.at(-1) ?? null };
    round = rest;
    await readAgain(keys);
  };

  const lookNow = async (): Promise<void> => {
    const tag = await backupTag();
    if (isStopped) return;
    if (tag !== null && (tag !== tags[0] || tag !== tags[1])) round ??= { after: null };
    tags = [tag, tags[0]];
    if (round !== null) await tryOn(round);
  };

  const look = async (): Promise<void> => {
    dueMs = Infinity;
    isLooking = true;
    // When the server cannot tell now, the next look asks again.
    const isDone = await lookNow().then(
      () => round === null,
      () => true,
    );
    isLooking = false;
    plan(isDone ? backoff.next() : leastMs);
  };

  return {
    setOnline(next) {
      if (isOnline === next) return;
      isOnline = next;
      if (next) plan(0);
      else cancel();
    },
    soon() {
      backoff.reset();
      plan(backoff.next());
    },
    restart() {
      round = { after: null };
      backoff.reset();
      plan(leastMs);
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
};
