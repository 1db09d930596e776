import type { RoomRank } from '#bridge';
import type { RemotePersonId } from '#model';
import type { RoomRole } from './extensions/0045-multi-user-chat.ts';
import type { Hat } from './extensions/0317-hats.ts';

export interface Occupant {
  readonly nick: string;
  readonly personId: RemotePersonId;
  readonly rank: RoomRank;
  readonly role: RoomRole;
  readonly realJid: string | null;
  readonly hats: readonly Hat[];
}

/** A room with more is shown by the first that were told of. */
export const mostOccupants = 5_000;

/** Who is in a room now, by nickname and by person. */
export class RoomOccupants {
  readonly #byNick = new Map<string, Occupant>();
  readonly #nickOf = new Map<RemotePersonId, string>();

  get all(): readonly Occupant[] {
    return [...this.#byNick.values()];
  }

  get count(): number {
    return this.#byNick.size;
  }

  get personIds(): readonly RemotePersonId[] {
    return [...this.#nickOf.keys()];
  }

  ofNick(nick: string): Occupant | undefined {
    return this.#byNick.get(nick);
  }

  ofPerson(personId: string): Occupant | undefined {
    const nick = this.#nickOf.get(personId as RemotePersonId);
    return nick === undefined ? undefined : this.#byNick.get(nick);
  }

  /** False: the room is full as far as we are concerned. */
  set(occupant: Occupant): boolean {
    if (!this.#byNick.has(occupant.nick) && this.#byNick.size >= mostOccupants) return false;
    const before = this.#byNick.get(occupant.nick);
    if (before !== undefined && before.personId !== occupant.personId) this.#nickOf.delete(before.personId);
    this.#byNick.set(occupant.nick, occupant);
    this.#nickOf.set(occupant.personId, occupant.nick);
    return true;
  }

  remove(nick: string): void {
    const gone = this.#byNick.get(nick);
    this.#byNick.delete(nick);
    if (gone !== undefined && this.#nickOf.get(gone.personId) === nick) this.#nickOf.delete(gone.personId);
  }

  clear(): void {
    this.#byNick.clear();
    this.#nickOf.clear();
  }
}
