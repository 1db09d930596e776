/** When keys arrive late: what waited for them becomes readable. When they are withheld, it says so from then on. */
import { applyTimeline } from '../receive/apply-timeline.ts';
import { createOutcome, lastingEvents } from '../receive/outcome.ts';
import type { AccountContext } from '../worker/account-context.ts';
import { withReason } from './decrypt-sync.ts';
import { reasonOf } from './unreadable-reason.ts';

export interface KeyWatch {
  arrived(keys: readonly { readonly roomId: string; readonly sessionId: string }[]): void;
}

export const createKeyWatch = (context: AccountContext): KeyWatch => {
  const { store, selfId, closing } = context;
  let last: Promise<void> = Promise.resolve();

  const readAgain = async (roomId: string, sessionId: string): Promise<void> => {
    for (const waiting of store.waiting.of(roomId, sessionId)) {
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

  return {
    arrived(keys) {
      for (const { roomId, sessionId } of keys) {
        // One after the other, and behind the response that brought them.
        last = last.then(() => readAgain(roomId, sessionId)).catch(() => undefined);
      }
    },
  };
};
