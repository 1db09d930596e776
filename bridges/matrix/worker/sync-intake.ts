/** Takes in sync responses: one transaction each, then word to the engine and to whoever waits for news. */
import type { UnreadableEvent } from '../crypto/account-crypto.ts';
import { applySync } from '../receive.ts';
import type { TypingState } from '../receive/ephemeral.ts';
import { lastingEvents, type Outcome } from '../receive/outcome.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { EmitPump } from './emit-pump.ts';
import type { FromWorker } from './protocol.ts';
import { readRoomAbilities } from './room-abilities.ts';

export interface SyncIntake {
  /** @throws when the disk refuses; nothing of the response was taken over then. */
  take(response: unknown, unreadable: readonly UnreadableEvent[]): void;
  /** The next response tells what happened while we were away. */
  expectCatchUp(): void;
  /** Says what we may do in every room we know. */
  announceRooms(): void;
  /** See {@link AccountContext.untilSynced}. */
  untilSynced(isTrue: () => boolean): Promise<boolean>;
}

interface Options {
  readonly store: MatrixStore;
  readonly selfId: string;
  readonly pump: EmitPump;
  readonly post: (message: FromWorker) => void;
  /** A correction was redacted: fetch the message as it is now. */
  readonly onReverts: (reverts: Outcome['reverts']) => void;
  readonly onFollowUps: (followUps: Outcome['followUps']) => void;
  /** What was said, for whoever listens for bots. */
  readonly onTimeline: (events: Outcome['timeline']) => void;
}

interface Waiter {
  readonly isTrue: () => boolean;
  readonly resolve: (isSynced: boolean) => void;
}

/** The sync answers within a round trip; after this long it is not coming soon. */
const waitMs = 10_000;

export const createSyncIntake = ({ store, selfId, pump, post, onReverts, onFollowUps, onTimeline }: Options): SyncIntake => {
  const typing: TypingState = new Map();
  const waiters = new Set<Waiter>();
  let isCatchingUp = true;

  const announce = (roomIds: Iterable<string>): void => {
    const rooms = [...roomIds].map((roomId) => readRoomAbilities(store, roomId, selfId));
    if (rooms.length > 0) post({ kind: 'rooms', rooms });
  };

  return {
    take(response, unreadable) {
      const outcome = store.transaction(() => {
        const result = applySync(response, { store, selfId, nowMs: Date.now(), isCatchingUp, typing });
        store.waiting.add(unreadable);
        store.queue.push(lastingEvents(result));
        return result;
      });
      isCatchingUp = false;
      // Before the events, so that whoever hears of a room can already ask what is allowed in it.
      announce(outcome.changedRooms);
      pump.wake();
      if (outcome.passing.length > 0) post({ kind: 'passing', events: outcome.passing });
      if (outcome.droppedCount > 0) {
        post({ kind: 'log', level: 'warn', message: 'unreadable events passed over', data: { count: outcome.droppedCount } });
      }
      if (outcome.reverts.length > 0) onReverts(outcome.reverts);
      onTimeline(outcome.timeline);
      if (outcome.followUps.length > 0) onFollowUps(outcome.followUps);
      for (const waiter of waiters) if (waiter.isTrue()) waiter.resolve(true);
    },
    expectCatchUp() {
      isCatchingUp = true;
    },
    announceRooms: () => announce(store.rooms.all().map((room) => room.id)),
    async untilSynced(isTrue) {
      if (isTrue()) return true;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter = { isTrue, resolve };
      waiters.add(waiter);
      const timer = setTimeout(() => resolve(false), waitMs);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        waiters.delete(waiter);
      }
    },
  };
};
