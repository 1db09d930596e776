/** When keys arrive late: what waited for them becomes readable. When they are withheld, it says so from then on. */
import { applyTimeline } from '../receive/apply-timeline.ts';
import { createOutcome, lastingEvents } from '../receive/outcome.ts';
import type { WantedKey } from '../store/waiting-events.ts';
import type { AccountContext } from '../worker/account-context.ts';
import { withReason } from './decrypt-sync.ts';
import { reasonOf } from './unreadable-reason.ts';

export interface KeyWatch {
  /**
   * Messages of these sessions are read again; resolves when that is done, and never rejects. Call it when keys came,
   * and after every note that messages wait: their key may have come between the attempt to read them and the note.
   */
  arrived(keys: readonly WantedKey[]): Promise<void>;
}

type Reading = Pick<AccountContext, 'store' | 'selfId' | 'closing' | 'crypto' | 'publish'>;

export const createKeyWatch = (context: Reading): KeyWatch => {
  const { store, selfId, closing } = context;
  /** Those whose turn has not come yet: twenty messages of one session are read again once. */
  const queued = new Map<string, WantedKey>();
  let last: Promise<void> = Promise.resolve();

  const readAgain = async ({ roomId, sessionId }: WantedKey): Promise<void> => {
    for (const waiting of store.waiting.of(roomId, sessionId)) {
      if (closing.aborted) return;
      const result = await context.crypto().decrypt(roomId, waiting.raw);
      if (closing.aborted) return;
      if (!result.isClear && reasonOf(result.unreadable.reason) === reasonOf(waiting.reason)) continue;
      store.transaction(() => {
        const outcome = createOutcome();
        // The row is there already; what was written meanwhile is not told a second time.
        applyTimeline({ store, outcome, selfId, roomId, nowMs: Date.now(), originOf: () => 'catchup' }, [result.isClear ? result.raw : withReason(result.unreadable)]);
        if (result.isClear) store.waiting.remove(waiting.eventId);
        else store.waiting.add([result.unreadable]);
        void context.publish(lastingEvents(outcome));
      });
    }
  };

  const readQueued = async (name: string): Promise<void> => {
    const key = queued.get(name);
    // A key that arrives from here on is worth another turn.
    queued.delete(name);
    if (key !== undefined) await readAgain(key).catch(() => undefined);
  };

  return {
    arrived(keys) {
      for (const { roomId, sessionId } of keys) {
        const name = JSON.stringify([roomId, sessionId]);
        if (queued.has(name)) continue;
        queued.set(name, { roomId, sessionId });
        // One after the other, and behind the response that brought them.
        last = last.then(() => readQueued(name));
      }
      return last;
    },
  };
};
