import { BridgeError } from '#bridge';
import { createBackoff, type Backoff } from '#kit';
import type { ConnectionFacts } from './connection-facts.ts';
import type { Connection } from './connection.ts';
import { enterSession } from './enter-session.ts';
import { asBridgeError, needsPerson } from './faults.ts';
import type { IqRequest } from './iq-tracker.ts';
import { openSecureStream } from './open-secure-stream.ts';
import { defaultTimings, type StreamEngineOptions, type StreamState, type StreamTimings } from './stream-options.ts';
import { StreamSession } from './stream-session.ts';
import type { XmlElement } from './xml/element.ts';
import type { OutgoingStanza } from '../extensions/0198-stream-management.ts';

export type { StreamHandlers, StreamState, StreamTimings } from './stream-options.ts';

/**
 * Keeps one account connected: connects, signs in, resumes or binds, notices a dead link, tries again.
 * One generation counter tells the present attempt from earlier ones, one deadline limits a negotiation, and
 * every failure leaves through `#drop`. What outlives a connection is the session's.
 */
export class StreamEngine {
  readonly #options: StreamEngineOptions;
  readonly #timings: StreamTimings;
  readonly #session: StreamSession;
  readonly #backoff: Backoff;
  #generation = 0;
  #abort = new AbortController();
  #connection: Connection | null = null;
  #isWanted = false;
  /** Another session took our place; coming back by ourselves would only throw that one out in turn. */
  #isReplaced = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: StreamEngineOptions) {
    this.#options = options;
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#backoff = createBackoff({ leastMs: this.#timings.backoffLeastMs, mostMs: this.#timings.backoffMostMs });
    const { stream, saved, handlers, log } = options;
    this.#session = new StreamSession({ stream, saved, handlers, log, timings: this.#timings, drop: (error) => this.#drop(error) });
  }

  /** Our full address in the present session. */
  get jid(): string {
    return this.#session.jid;
  }

  get isOnline(): boolean {
    return this.#session.isOnline;
  }

  /** The address we are connected to; null when we are not, and behind a proxy, whose address it would be. */
  get serverAddress(): string | null {
    return this.#connection?.isProxied === false ? this.#connection.remoteAddress : null;
  }

  /** Transaction ids that the lost session may have delivered. */
  get doubtful(): readonly string[] {
    return this.#session.outgoing.doubtful;
  }

  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#isReplaced = false;
    void this.#connect();
  }

  /** Signs off; nothing is called back after it returned. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    this.#isReplaced = false;
    this.#session.signOff();
    this.#leave(new BridgeError('cancelled'));
    this.#session.forget();
    await this.#session.idle();
  }

  /** Tries now instead of at the next back-off; when online, asks the server at once whether it is there. */
  reconnect(): void {
    if (this.#isReplaced) this.start();
    if (!this.#isWanted) return;
    if (this.isOnline) this.#session.probe();
    else if (this.#connection === null && this.#retryTimer !== undefined) {
      clearTimeout(this.#retryTimer);
      void this.#connect();
    }
  }

  /** Whether somebody is looking; a server that knows XEP-0352 holds back what can wait while nobody is. */
  setActive(isActive: boolean): void {
    this.#session.setActive(isActive);
  }

  /** Copies of what other devices do were switched on with the session. */
  get hasCarbons(): boolean {
    return this.#session.hasCarbons;
  }

  /** How we are connected; null while we are not. */
  get connectionFacts(): ConnectionFacts | null {
    return this.#session.facts;
  }

  /** Sends what is not worth keeping. @returns false when offline, and for what the server would not take. */
  send(stanza: XmlElement): boolean {
    return this.#session.send(stanza);
  }

  /** Sends a message once; resolves when the server has it. @throws BridgeError `too-large`, `offline` … */
  sendMessage(stanza: XmlElement, transactionId: string): Promise<void> {
    return this.#session.sendMessage(stanza, transactionId);
  }

  /**
   * The server forgot a session that it held minutes ago, so it crashed. It may then have archived a message for us
   * and not yet for its receiver: what is in doubt goes out again, with the same id.
   */
  get hasServerCrashed(): boolean {
    return this.#session.hasServerCrashed;
  }

  /** Whether messages are on their way that the server did not acknowledge yet. */
  get isSending(): boolean {
    return this.#session.isSending;
  }

  /** Whether a message with this id is under way or delivered. */
  hasMessage(transactionId: string): boolean {
    return this.#session.outgoing.has(transactionId);
  }

  /** @throws StanzaError for an error answer; BridgeError `offline` or `server-unreachable`. */
  request(request: IqRequest): Promise<XmlElement> {
    return this.#session.request(request);
  }

  /** Lets messages go out again, without those that the archive already holds. */
  release(found: ReadonlySet<string>): void {
    this.#session.outgoing.release(found);
  }

  /** What to save, as if so many more stanzas were stored and these messages sent. */
  snapshot(extraInbound: number, extraOutgoing: readonly OutgoingStanza[]): StreamState {
    return this.#session.snapshot(extraInbound, extraOutgoing);
  }

  /** To be called when `count` stanzas are stored. */
  handled(count: number): void {
    this.#session.handled(count);
  }

  /** To be called when a snapshot was saved. */
  saved(state: StreamState): void {
    this.#session.saved(state);
  }

  async #connect(): Promise<void> {
    const generation = ++this.#generation;
    this.#retryTimer = undefined;
    this.#abort = new AbortController();
    this.#deadline = setTimeout(() => {
      this.#drop(new BridgeError('server-unreachable', { detail: 'signing in took too long' }));
    }, this.#timings.negotiationMs);
    this.#options.handlers.onConnecting();
    try {
      // What the lost connection brought is still being stored; the counter must include it.
      await this.#session.idle();
      const secure = await openSecureStream(this.#options.stream, this.#abort.signal);
      if (generation !== this.#generation) {
        secure.connection.close(new BridgeError('cancelled'));
        return;
      }
      this.#connection = secure.connection;
      const entered = await enterSession(secure, this.#options, this.#session.plan(secure.connection.transport));
      if (generation !== this.#generation) return;
      clearTimeout(this.#deadline);
      this.#session.begin(entered);
    } catch (error) {
      if (generation === this.#generation) this.#drop(asBridgeError(error));
    }
  }

  /** The one exit of every failure. */
  #drop(error: BridgeError): void {
    if (!this.#isWanted) return;
    if (this.isOnline && this.#session.heldMs >= this.#timings.stableAfterMs) this.#backoff.reset();
    this.#leave(error);
    const willRetry = !needsPerson(error);
    if (willRetry) this.#retryTimer = setTimeout(() => void this.#connect(), this.#backoff.next());
    else this.#isWanted = false;
    this.#isReplaced = error.fault.code === 'conflict';
    this.#options.log.info('offline', { code: error.fault.code, detail: error.fault.detail });
    this.#options.handlers.onOffline(error.fault, willRetry);
  }

  /** Ends the present attempt or connection, whatever state it is in. */
  #leave(error: BridgeError): void {
    // First of all, so that what closing sets off is already of the past.
    this.#generation += 1;
    clearTimeout(this.#deadline);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#abort.abort(new BridgeError('cancelled'));
    this.#session.end();
    this.#connection?.close(error);
    this.#connection = null;
  }
}
