import { BridgeError, type BridgeLog } from '#bridge';
import type { OutgoingStanza, StreamManagement } from '../extensions/0198-stream-management.ts';
import { ns } from '../namespaces.ts';

export interface AcknowledgementsOptions {
  readonly management: StreamManagement;
  readonly log: BridgeLog;
  isOnline(): boolean;
  write(xml: string): void;
  /** Where the server counts nothing: an answer proves that everything written before it arrived. */
  ping(): Promise<unknown>;
  /** The server has these. */
  settle(acknowledged: readonly OutgoingStanza[]): void;
  /** More is handled than saved. */
  saveSoon(): void;
  /** The two sides do not speak of the same session any more. */
  onDisagreement(error: BridgeError): void;
}

/** What the two sides tell each other of how far they got (XEP-0198), and what stands in for it elsewhere. */
export class Acknowledgements {
  readonly #options: AcknowledgementsOptions;
  #isManaged = false;
  #isOwed = false;
  /** What the server heard last over this connection. */
  #said: number | null = null;
  /** Counts connections: what was asked over an earlier one says nothing about this one. */
  #epoch = 0;

  constructor(options: AcknowledgementsOptions) {
    this.#options = options;
  }

  /** Whether the server counts, in the present session or the last one. */
  get isManaged(): boolean {
    return this.#isManaged;
  }

  begin(isManaged: boolean): void {
    this.#epoch += 1;
    this.#said = null;
    this.#isManaged = isManaged;
  }

  end(): void {
    this.#epoch += 1;
    this.#isOwed = false;
  }

  /** The element that says how far we are, for the last word of a session. */
  get lastWord(): string {
    return this.#isManaged ? acknowledgementOf(this.#options.management.inbound) : '';
  }

  /**
   * Says what is saved; when more is handled, that is saved soon and then said, too. While there will soon be more to
   * say, what was said already is not repeated: Prosody would only ask again.
   */
  say(isMoreComing: boolean): void {
    const { management, isOnline, write, saveSoon } = this.#options;
    if (!isOnline() || !this.#isManaged) return;
    const { acknowledgeable, inbound } = management;
    this.#isOwed = acknowledgeable !== inbound;
    if (!(this.#isOwed || isMoreComing) || acknowledgeable !== this.#said) write(acknowledgementOf(acknowledgeable));
    this.#said = acknowledgeable;
    if (this.#isOwed) saveSoon();
  }

  /** To be called when a count was saved. */
  saved(): void {
    if (this.#isOwed) this.say(false);
  }

  /** Asks the server how far it is. */
  ask(): void {
    const { management, write, ping } = this.#options;
    if (this.#isManaged) {
      write(`<r xmlns="${ns.streamManagement}"/>`);
      return;
    }
    const { sent } = management;
    const epoch = this.#epoch;
    const answered = (): void => {
      if (epoch === this.#epoch) this.take(sent);
    };
    ping().then(answered, (error: unknown) => {
      if (error instanceof BridgeError && error.name === 'StanzaError') answered();
    });
  }

  /** @returns false when the two sides disagree, and the session was given up. */
  take(h: number): boolean {
    const { management, settle, onDisagreement } = this.#options;
    try {
      settle(management.acknowledge(h));
      return true;
    } catch (error) {
      management.forget();
      onDisagreement(new BridgeError('server-incompatible', { detail: `bad acknowledgement: ${String(error)}` }));
      return false;
    }
  }

  /** The session is lost anyway: a wrong count only means that its messages are in doubt. */
  takeLate(h: number): void {
    const { management, settle, log } = this.#options;
    try {
      settle(management.acknowledge(h));
    } catch (error) {
      log.warn('bad acknowledgement of a lost session', { error: String(error) });
    }
  }
}

const acknowledgementOf = (h: number): string => `<a xmlns="${ns.streamManagement}" h="${h}"/>`;
