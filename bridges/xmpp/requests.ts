/** `asks`: to see our presence; `wrote`: only a message came. */
export type RequestKind = 'asks' | 'wrote';

/** Who waits for a decision, by bare address; plain JSON. */
export type SavedRequests = Readonly<Record<string, RequestKind>>;

/** What they say of themselves. */
export interface Introduction {
  readonly name: string | null;
  readonly words: string | null;
}

/** Saved with every stanza, so kept short. One that is forgotten is a stranger again when they come back. */
const mostRequests = 300;
const mostPreapproved = 1_000;
const nothingSaid: Introduction = { name: null, words: null };

/** People we know nothing of who want something of us: shown as a decision to take, and told nothing until then. */
export class Requests {
  readonly #waiting: Map<string, RequestKind>;
  readonly #introductions = new Map<string, Introduction>();
  /** Whom we asked ourselves: their asking back needs no decision. */
  readonly #preapproved = new Set<string>();

  constructor(saved: SavedRequests = {}) {
    this.#waiting = new Map(Object.entries(saved).filter(([, kind]) => kind === 'asks' || kind === 'wrote'));
  }

  get saved(): SavedRequests {
    return Object.fromEntries(this.#waiting);
  }

  has(jid: string): boolean {
    return this.#waiting.has(jid);
  }

  /** Whether they asked to see our presence. */
  asks(jid: string): boolean {
    return this.#waiting.get(jid) === 'asks';
  }

  introduction(jid: string): Introduction {
    return this.#introductions.get(jid) ?? nothingSaid;
  }

  add(jid: string, kind: RequestKind, said: Introduction = nothingSaid): void {
    const known = this.#waiting.get(jid);
    this.#waiting.delete(jid);
    this.#waiting.set(jid, known === 'asks' ? known : kind);
    if (said !== nothingSaid) this.#introductions.set(jid, said);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > mostRequests && oldest !== undefined) this.settle(oldest);
  }

  preapprove(jid: string): void {
    if (this.#preapproved.size < mostPreapproved) this.#preapproved.add(jid);
  }

  revoke(jid: string): void {
    this.#preapproved.delete(jid);
  }

  isPreapproved(jid: string): boolean {
    return this.#preapproved.has(jid);
  }

  /** It was decided. */
  settle(jid: string): boolean {
    this.#introductions.delete(jid);
    return this.#waiting.delete(jid);
  }
}
