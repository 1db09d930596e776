/** Rooms and messages in them whose senders want to know that they were read; the oldest are forgotten. */
const mostRooms = 200;
const mostMessages = 200;

/** Which messages of closed rooms asked for a marker (XEP-0333): no other gets one. Not kept over a restart. */
export class RoomMarkers {
  readonly #askedFor = new Map<string, Set<string>>();

  /** `id` is the room's own name of the message. */
  asked(room: string, id: string): void {
    const ids = this.#askedFor.get(room) ?? new Set<string>();
    this.#askedFor.delete(room);
    this.#askedFor.set(room, ids);
    ids.add(id);
    dropOldest(ids, mostMessages);
    dropOldest(this.#askedFor, mostRooms);
  }

  isAskedFor(room: string, id: string): boolean {
    return this.#askedFor.get(room)?.has(id) ?? false;
  }
}

function dropOldest(kept: Set<string> | Map<string, unknown>, most: number): void {
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
}
