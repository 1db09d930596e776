/** The time somebody carries a nickname without a break. */
interface Tenure {
  readonly id: number;
  readonly realJid: string | null;
}

const mostMessages = 5_000;
const mostPast = 1_000;

/**
 * Who may change what in a room without occupant ids, where a nickname belongs to whoever carries it at the moment: a
 * message may be corrected or taken back only by the one who has carried its nickname ever since it was written, or who
 * came back under the same real address. What we did not see being written belongs to nobody.
 */
export class RoomAuthorship {
  readonly #present = new Map<string, Tenure>();
  readonly #past = new Map<string, Tenure>();
  readonly #authorOf = new Map<string, number>();
  #lastId = 0;

  /** Somebody carries this nickname now; said again while they are there it changes nothing. */
  entered(nick: string, realJid: string | null): void {
    if (this.#present.has(nick)) return;
    const before = this.#past.get(nick);
    const isSame = before !== undefined && realJid !== null && before.realJid === realJid;
    this.#present.set(nick, { id: isSame ? before.id : ++this.#lastId, realJid });
  }

  left(nick: string): void {
    const tenure = this.#present.get(nick);
    this.#present.delete(nick);
    this.#past.delete(nick);
    if (tenure === undefined || tenure.realJid === null) return;
    this.#past.set(nick, tenure);
    forgetOldest(this.#past, mostPast);
  }

  /** We are not in the room any more, and do not see who comes and goes. */
  lost(): void {
    for (const nick of [...this.#present.keys()]) this.left(nick);
  }

  /** A live message, under every id that it may be called by. */
  wrote(nick: string, ids: readonly (string | null)[]): void {
    const tenure = this.#present.get(nick);
    if (tenure === undefined) return;
    for (const id of ids) if (id !== null) this.#authorOf.set(`${nick}/${id}`, tenure.id);
    forgetOldest(this.#authorOf, mostMessages);
  }

  mayChange(nick: string, id: string): boolean {
    const author = this.#authorOf.get(`${nick}/${id}`);
    return author !== undefined && author === this.#present.get(nick)?.id;
  }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
