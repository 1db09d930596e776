import { BridgeError, type BridgeEvent, type BridgeHost } from '#bridge';
import type { OutgoingStanza } from './extensions/0198-stream-management.ts';
import type { XmppState } from './state.ts';
import type { StreamState } from './stream/stream-engine.ts';

export interface Entry {
  readonly events?: readonly BridgeEvent[] | undefined;
  /** Stanzas of the server that are handled with this entry. */
  readonly inbound?: number | undefined;
  /** Messages that are about to be written. */
  readonly outgoing?: readonly OutgoingStanza[] | undefined;
  readonly change?: ((state: XmppState) => XmppState) | undefined;
}

export interface StreamSource {
  snapshot(inbound: number, outgoing: readonly OutgoingStanza[]): StreamState;
  handled(count: number): void;
  /** A snapshot of it is stored. */
  saved(state: StreamState): void;
}

/**
 * The only writer. Entries are stored one after the other, each together with the state that holds once it is stored,
 * so that a crash at any moment finds events and counters in step.
 */
export class Journal {
  readonly #host: BridgeHost;
  /** What is known besides, as of the moment of writing. */
  readonly #more: () => Partial<XmppState>;
  #state: XmppState;
  #source: StreamSource | null = null;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(host: BridgeHost, state: XmppState, more: () => Partial<XmppState> = () => ({})) {
    this.#more = more;
    this.#host = host;
    this.#state = state;
  }

  /** As last stored. */
  get state(): XmppState {
    return this.#state;
  }

  attach(source: StreamSource): void {
    this.#source = source;
  }

  /** Resolves after the commit. @throws what the store threw; later entries are tried all the same. */
  write(entry: Entry): Promise<void> {
    if (this.#isClosed) return Promise.reject(new BridgeError('cancelled'));
    const written = this.#last.then(() => this.#store(entry));
    this.#last = written.catch(() => undefined);
    return written;
  }

  /** Lets what was written so far be stored; nothing is emitted after it resolved. */
  async close(): Promise<void> {
    const written = this.#last;
    this.#isClosed = true;
    await written;
  }

  async #store({ events = [], inbound = 0, outgoing = [], change }: Entry): Promise<void> {
    const changed = change === undefined ? this.#state : change(this.#state);
    const stream = this.#source?.snapshot(inbound, outgoing) ?? changed.stream;
    const next: XmppState = { ...changed, ...this.#more(), stream };
    await this.#host.emit(events, next);
    this.#state = next;
    this.#source?.handled(inbound);
    if (stream !== null) this.#source?.saved(stream);
  }
}
