import { asArray, asRecord, entriesOf, type JsonRecord } from '../event-shape.ts';
import type { AccountCrypto, UnreadableEvent } from './account-crypto.ts';
import { reasonOf } from './unreadable-reason.ts';

export interface ClearEvents {
  readonly events: readonly unknown[];
  readonly unreadable: readonly UnreadableEvent[];
}

/** Tells the reader of the timeline why; a server that writes it itself gains nothing. */
export const unreadableMark = 'palomar.unreadable';

/** The event, and why it cannot be read. */
export const withReason = ({ raw, reason }: UnreadableEvent): JsonRecord => ({
  ...raw,
  unsigned: { ...asRecord(raw['unsigned']), [unreadableMark]: reasonOf(reason) },
});

/** A timeline with everything in clear that we have keys for, in the same order. */
export async function decryptEvents(crypto: AccountCrypto, roomId: string, events: readonly unknown[]): Promise<ClearEvents> {
  const unreadable: UnreadableEvent[] = [];
  const clear: unknown[] = [];
  for (const raw of events) {
    const result = await crypto.decrypt(roomId, raw);
    if (result.isClear) {
      // What is no event at all must be counted as such later on.
      clear.push(asRecord(raw) === raw ? result.raw : raw);
    } else {
      clear.push(withReason(result.unreadable));
      unreadable.push(result.unreadable);
    }
  }
  return { events: clear, unreadable };
}

/** A `/sync` response with its timelines in clear. */
export async function decryptSync(crypto: AccountCrypto, response: unknown): Promise<{ readonly response: unknown; readonly unreadable: readonly UnreadableEvent[] }> {
  const raw = asRecord(response);
  const rooms = asRecord(raw['rooms']);
  const unreadable: UnreadableEvent[] = [];
  const clearRooms = async (value: unknown): Promise<JsonRecord> => {
    const clear: [string, unknown][] = [];
    for (const [roomId, one] of entriesOf(value)) {
      const room = asRecord(one);
      const timeline = asRecord(room['timeline']);
      const events = asArray(timeline['events']);
      if (!events.some((event) => mayNeedKeys(event))) {
        clear.push([roomId, one]);
        continue;
      }
      const result = await decryptEvents(crypto, roomId, events);
      unreadable.push(...result.unreadable);
      clear.push([roomId, { ...room, timeline: { ...timeline, events: result.events } }]);
    }
    return Object.fromEntries(clear);
  };
  const [join, leave] = [await clearRooms(rooms['join']), await clearRooms(rooms['leave'])];
  return { response: { ...raw, rooms: { ...rooms, join, leave } }, unreadable };
}

const mayNeedKeys = (value: unknown): boolean => {
  const event = asRecord(value);
  return event['type'] === 'm.room.encrypted' || 'm.relations' in asRecord(event['unsigned']);
};
