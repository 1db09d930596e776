import { BridgeError, toFault } from '#bridge';
import { createBackoff, type Backoff } from '#kit';
import { authenticate } from './authenticate.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { Connection, Transport } from './connection.ts';
import { establishSession, type EstablishedSession, type Resumable } from './establish-session.ts';
import { needsPerson, streamErrorFault } from './faults.ts';
import { InboundQueue } from './inbound-queue.ts';
import { IqTracker, type IqRequest } from './iq-tracker.ts';
import { openSecureStream } from './open-secure-stream.ts';
import { OutgoingQueue } from './outgoing-queue.ts';
import { SessionFeatures } from './session-features.ts';
import type { Authenticated } from './signed-in.ts';
import { SilenceWatch } from './silence-watch.ts';
import { defaultTimings, type StreamEngineOptions, type StreamState, type StreamTimings } from './stream-options.ts';
import { element, type XmlElement } from './xml/element.ts';
import { serialize } from './xml/serialize.ts';
import { StreamManagement, type OutgoingStanza } from '../extensions/0198-stream-management.ts';
import { isFastMechanism } from '../extensions/0484-fast.ts';
import { ns } from '../namespaces.ts';

export type { StreamHandlers, StreamState, StreamTimings } from './stream-options.ts';

/** Servers remember a lost session, or at least how far it got, for longer than this. */
const sessionMemoryMs = 5 * 60_000;

/**
 * Keeps one account connected: connects, signs in, resumes or binds, notices a dead link, tries again.
 * One generation counter tells the present attempt from earlier ones, one deadline limits a negotiation, and
 * every failure leaves through `#drop`.
 */
export class StreamEngine {
  readonly #options: StreamEngineOptions;
  readonly #timings: StreamTimings;
  readonly #management: StreamManagement;
  readonly #outgoing: OutgoingQueue;
  readonly #inbound: InboundQueue;
  readonly #iqs = new IqTracker();
  readonly #backoff: Backoff;
  readonly #watch: SilenceWatch;
  readonly #features = new SessionFeatures((xml) => this.#connection?.write(xml));
  #signedIn: Authenticated | null = null;
  #generation = 0;
  #abort = new AbortController();
  #connection: Connection | null = null;
  #jid: string;
  #isWanted = false;
  /** Another session took our place; coming back by ourselves would only throw that one out in turn. */
  #isReplaced = false;
  #isOnline = false;
  #isManaged = false;
  #isResumed = false;
  #resumeCount = 0;
  #hasCarbons = false;
  #hasServerCrashed = false;
  #owesAcknowledgement = false;
  #transport: Transport;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #onlineSinceMs = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: StreamEngineOptions) {
    this.#options = options;
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#jid = options.saved?.jid ?? options.stream.jid;
    this.#transport = options.saved?.transport ?? 'tcp';
    this.#backoff = createBackoff({ leastMs: this.#timings.backoffLeastMs, mostMs: this.#timings.backoffMostMs });
    this.#management = new StreamManagement(options.saved?.management ?? null);
    this.#outgoing = new OutgoingQueue(
      {
        management: this.#management,
        persist: (batch) => options.handlers.persistOutgoing(batch),
        write: (xml) => this.#connection?.write(xml),
        requestAcknowledgement: () => this.#requestAcknowledgement(),
        onPersistFailed: (error) => this.#drop(asBridgeError(error)),
        onOverflow: (error) => {
          this.#management.forget();
          this.#drop(error);
        },
        onSettled: () => options.handlers.saveSoon(),
      },
      options.saved?.outgoing ?? null,
    );
    this.#inbound = new InboundQueue({
      store: (stanzas, count) => options.handlers.store(stanzas, count),
      handled: (count) => this.#management.handled(count),
      acknowledge: () => this.#acknowledge(),
      onStoreFailed: (error) => this.#drop(asBridgeError(error)),
      setPaused: (isPaused) => (isPaused ? this.#connection?.pause() : this.#connection?.resume()),
    });
    this.#watch = new SilenceWatch({
      silenceMs: this.#timings.silenceMs,
      answerMs: this.#timings.answerMs,
      lastHeardMs: () => this.#connection?.lastHeardMs ?? performance.now(),
      lastSaidMs: () => this.#connection?.lastSaidMs ?? performance.now(),
      probe: () => this.#requestAcknowledgement(),
      onDead: () => this.#onSilence(),
    });
  }

  /** Our full address in the present session. */
  get jid(): string {
    return this.#jid;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** The address we are connected to; null when we are not, and behind a proxy, whose address it would be. */
  get serverAddress(): string | null {
    return this.#connection?.isProxied === false ? this.#connection.remoteAddress : null;
  }

  /** Transaction ids that the lost session may have delivered. */
  get doubtful(): readonly string[] {
    return this.#outgoing.doubtful;
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
    if (this.#isOnline) {
      // Nobody will take this session up again, and what it leaves unacknowledged would be delivered once more.
      const acknowledgement = this.#isManaged ? acknowledgementOf(this.#management.inbound) : '';
      this.#connection?.end(acknowledgement);
    }
    this.#leave(new BridgeError('cancelled'));
    this.#management.forget();
    this.#iqs.rejectAll();
    this.#outgoing.rejectAll(new BridgeError('offline'));
    await this.#inbound.idle();
  }

  /** Tries now instead of at the next back-off; when online, asks the server at once whether it is there. */
  reconnect(): void {
    if (this.#isReplaced) this.start();
    if (!this.#isWanted) return;
    if (this.#isOnline) this.#watch.probeNow();
    else if (this.#connection === null && this.#retryTimer !== undefined) {
      clearTimeout(this.#retryTimer);
      void this.#connect();
    }
  }

  /** Whether somebody is looking; a server that knows XEP-0352 holds back what can wait while nobody is. */
  setActive(isActive: boolean): void {
    this.#features.setActive(isActive);
  }

  /** Copies of what other devices do were switched on with the session. */
  get hasCarbons(): boolean {
    return this.#hasCarbons;
  }

  /** How we are connected; null while we are not. */
  get connectionFacts(): ConnectionFacts | null {
    const [connection, signedIn] = [this.#connection, this.#signedIn];
    if (!this.#isOnline || connection === null || signedIn === null) return null;
    const { profile, mechanism, binding } = signedIn;
    const { transport, endpoint, remoteAddress, isProxied, tlsFacts: tls } = connection;
    const { names: features, limits, isActive } = this.#features;
    return {
      ...{ transport, endpoint, remoteAddress, isProxied, tls, features, limits, isActive },
      onlineSinceMs: Math.round(performance.timeOrigin + this.#onlineSinceMs),
      signIn: { profile, mechanism, binding, isByToken: isFastMechanism(mechanism) },
      streamManagement: {
        isOn: this.#isManaged,
        canResume: this.#management.id !== null,
        isResumed: this.#isResumed,
        resumeCount: this.#resumeCount,
        unackedCount: this.#management.unacked.length,
      },
    };
  }

  /** Sends what is not worth keeping. @returns false when offline, and for what the server would not take. */
  send(stanza: XmlElement): boolean {
    const xml = serialize(stanza);
    const fault = this.#sizeFault(xml);
    if (fault !== null) this.#options.log.warn('a stanza is too large for this server', { name: stanza.name });
    return fault === null && this.#outgoing.push(xml);
  }

  /** Sends a message once; resolves when the server has it. @throws BridgeError `too-large`, `offline` … */
  sendMessage(stanza: XmlElement, transactionId: string): Promise<void> {
    const xml = serialize(stanza);
    const fault = this.#sizeFault(xml);
    return fault === null ? this.#outgoing.pushMessage(xml, transactionId) : Promise.reject(fault);
  }

  /** The server ends the stream over a stanza above its limit (XEP-0478), so such a one never goes out. */
  #sizeFault(xml: string): BridgeError | null {
    const { maxBytes } = this.#features.limits;
    // No character takes more than three bytes a unit.
    if (maxBytes === null || xml.length * 3 <= maxBytes || Buffer.byteLength(xml) <= maxBytes) return null;
    return new BridgeError('too-large', { server: this.#options.stream.domain, limitBytes: maxBytes });
  }

  /**
   * The server forgot a session that it held minutes ago, so it crashed. It may then have archived a message for us
   * and not yet for its receiver: what is in doubt goes out again, with the same id.
   */
  get hasServerCrashed(): boolean {
    return this.#hasServerCrashed;
  }

  /** Whether messages are on their way that the server did not acknowledge yet. */
  get isSending(): boolean {
    return this.#management.unacked.some((stanza) => stanza.transactionId !== null);
  }

  /** Whether a message with this id is under way or delivered. */
  hasMessage(transactionId: string): boolean {
    return this.#outgoing.has(transactionId);
  }

  /** @throws StanzaError for an error answer; BridgeError `offline` or `server-unreachable`. */
  request(request: IqRequest): Promise<XmlElement> {
    if (!this.#isOnline) return Promise.reject(new BridgeError('offline'));
    const fault = this.#sizeFault(serialize(request.payload));
    if (fault !== null) return Promise.reject(fault);
    return this.#iqs.request(request, (stanza) => this.send(stanza));
  }

  /** Lets messages go out again, without those that the archive already holds. */
  release(found: ReadonlySet<string>): void {
    this.#outgoing.release(found);
  }

  /** What to save, as if so many more stanzas were stored and these messages sent. */
  snapshot(extraInbound: number, extraOutgoing: readonly OutgoingStanza[]): StreamState {
    const outgoing = this.#outgoing.state;
    const coming = new Set(extraOutgoing.map((stanza) => stanza.transactionId));
    return {
      transport: this.#transport,
      jid: this.#jid,
      management: this.#management.snapshot(extraInbound, extraOutgoing),
      outgoing: { ...outgoing, requeued: outgoing.requeued.filter(({ transactionId }) => !coming.has(transactionId)) },
    };
  }

  /** To be called when `count` stanzas are stored. */
  handled(count: number): void {
    this.#management.handled(count);
  }

  /** To be called when a snapshot was saved. */
  saved({ management }: StreamState): void {
    this.#management.saved(management);
    if (this.#owesAcknowledgement) this.#acknowledge();
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
      await this.#inbound.idle();
      const secure = await openSecureStream(this.#options.stream, this.#abort.signal);
      if (generation !== this.#generation) {
        secure.connection.close(new BridgeError('cancelled'));
        return;
      }
      this.#connection = secure.connection;
      const resumable = this.#resumableOver(secure.connection.transport);
      const signedIn = await authenticate(secure, this.#options.stream, { resumable, isActive: this.#features.isActive });
      const session = signedIn.session ?? (await this.#establish(secure.connection, signedIn.features, resumable));
      if (generation !== this.#generation) return;
      this.#signedIn = signedIn;
      this.#features.begin(secure.features);
      // They mostly come in the same breath, and what follows may depend on them.
      const features = signedIn.features ?? secure.connection.takeWaiting('features', ns.streams);
      if (features !== null) this.#noteFeatures(features);
      this.#goOnline(secure.connection, session, resumable !== null);
    } catch (error) {
      if (generation === this.#generation) this.#drop(asBridgeError(error));
    }
  }

  /** Resumes or binds step by step, where that was not done along with the sign-in. */
  #establish(connection: Connection, features: XmlElement | null, resumable: Resumable | null): Promise<EstablishedSession> {
    const { resource, stream } = this.#options;
    const offered = features ?? element('features', { xmlns: ns.streams });
    return establishSession(connection, offered, resumable, resource, stream.stepDeadlineMs);
  }

  /** A session stays with what carried it: Prosody takes one over from TCP to WebSocket and then hears nothing of it. */
  #resumableOver(transport: Transport): Resumable | null {
    const { id, inbound } = this.#management;
    return id === null || transport !== this.#transport ? null : { id, inbound };
  }

  #goOnline(connection: Connection, session: EstablishedSession, wasResumable: boolean): void {
    const generation = this.#generation;
    clearTimeout(this.#deadline);
    if (session.kind === 'resumed') {
      this.#isManaged = true;
      this.#jid = session.jid ?? this.#jid;
      if (!this.#takeAcknowledgement(session.acknowledged)) return;
    } else {
      const isForgotten = wasResumable && session.acknowledgedBefore === null;
      this.#hasServerCrashed = isForgotten && performance.now() - this.#lostAtMs < sessionMemoryMs;
      if (session.acknowledgedBefore !== null) this.#takeLateAcknowledgement(session.acknowledgedBefore);
      this.#jid = session.jid;
      this.#transport = connection.transport;
      this.#isManaged = session.canManageStream;
      this.#hasCarbons = session.hasCarbons;
      this.#iqs.rejectAll();
      this.#outgoing.requeue(this.#management.begin(session.resumptionId));
    }
    this.#isOnline = true;
    this.#onlineSinceMs = performance.now();
    this.#outgoing.open(this.#isManaged);
    this.#isResumed = session.kind === 'resumed';
    if (this.#isResumed) this.#resumeCount += 1;
    this.#watch.start();
    this.#watch.limit(this.#features.limits.idleSeconds);
    // To take us in and then say nothing is one more way to stay silent while we sign in.
    this.#watch.probeNow(Math.min(this.#timings.answerMs, this.#options.stream.stepDeadlineMs));
    const { profile, mechanism } = this.#signedIn ?? {};
    this.#options.log.info('online', { session: session.kind, transport: connection.transport, profile, mechanism });
    this.#options.handlers.onOnline(session.kind);
    connection.listen({
      onElement: (received) => {
        if (generation === this.#generation) this.#receive(received);
      },
      onClose: (error) => {
        if (generation === this.#generation) this.#drop(error);
      },
    });
  }

  #receive(received: XmlElement): void {
    if (received.namespace === ns.client) {
      this.#receiveStanza(received);
    } else if (received.is('r', ns.streamManagement)) {
      this.#inbound.requestAcknowledgement();
    } else if (received.is('a', ns.streamManagement)) {
      this.#takeAcknowledgement(Number(received.attribute('h')));
    } else if (received.is('features', ns.streams)) {
      this.#noteFeatures(received);
    } else if (received.is('error', ns.streams)) {
      this.#drop(streamErrorFault(received, this.#options.stream.domain));
    } else {
      this.#options.log.debug('unknown stream element', { name: received.name });
    }
  }

  /** They come with no new stream header where the session was made in the same step as the sign-in. */
  #noteFeatures(features: XmlElement): void {
    this.#features.note(features);
    this.#watch.limit(this.#features.limits.idleSeconds);
  }

  #receiveStanza(stanza: XmlElement): void {
    const { name } = stanza;
    if (name !== 'message' && name !== 'presence' && name !== 'iq') {
      this.#drop(new BridgeError('server-incompatible', { detail: `unknown stanza <${name.slice(0, 100)}/>` }));
      return;
    }
    const isAnswer = name === 'iq' && ['result', 'error'].includes(stanza.attribute('type') ?? '');
    if (isAnswer && !this.#iqs.settle(stanza, this.#jid)) this.#options.log.debug('answer to nothing we asked');
    const isDone = isAnswer || this.#options.handlers.claim(stanza);
    this.#inbound.push(isDone ? null : stanza);
  }

  /** @returns false when the two sides disagree, and the session was given up. */
  #takeAcknowledgement(h: number): boolean {
    try {
      this.#outgoing.settle(this.#management.acknowledge(h));
      return true;
    } catch (error) {
      this.#management.forget();
      this.#drop(new BridgeError('server-incompatible', { detail: `bad acknowledgement: ${String(error)}` }));
      return false;
    }
  }

  /** The session is lost anyway: a wrong count only means that its messages are in doubt. */
  #takeLateAcknowledgement(h: number): void {
    try {
      this.#outgoing.settle(this.#management.acknowledge(h));
    } catch (error) {
      this.#options.log.warn('bad acknowledgement of a lost session', { error: String(error) });
    }
  }

  /** Says what is saved; when more is handled, that is saved soon and then said, too. */
  #acknowledge(): void {
    if (!this.#isOnline || !this.#isManaged) return;
    const { acknowledgeable, inbound } = this.#management;
    this.#connection?.write(acknowledgementOf(acknowledgeable));
    this.#owesAcknowledgement = acknowledgeable !== inbound;
    if (this.#owesAcknowledgement) this.#options.handlers.saveSoon();
  }

  #requestAcknowledgement(): void {
    if (this.#isManaged) {
      this.#connection?.write(`<r xmlns="${ns.streamManagement}"/>`);
      return;
    }
    // Without stream management an answered ping proves that everything written before it arrived.
    const { sent } = this.#management;
    const generation = this.#generation;
    const answered = (): void => {
      if (generation === this.#generation) this.#takeAcknowledgement(sent);
    };
    const ping = { type: 'get', to: this.#options.stream.domain, payload: element('ping', { xmlns: ns.ping }) } as const;
    this.request(ping).then(answered, (error: unknown) => {
      if (error instanceof BridgeError && error.name === 'StanzaError') answered();
    });
  }

  /**
   * The server stopped answering. A session that was resumed and then fell silent may be broken at the server's end;
   * resuming it again would lead to the same silence, so the next one is new and the archive fills the hole.
   */
  #onSilence(): void {
    if (this.#isResumed) this.#management.forget();
    this.#drop(new BridgeError('server-unreachable', { detail: 'the connection went silent' }));
  }

  /** The one exit of every failure. */
  #drop(error: BridgeError): void {
    if (!this.#isWanted) return;
    const heldLong = this.#isOnline && performance.now() - this.#onlineSinceMs >= this.#timings.stableAfterMs;
    if (heldLong) this.#backoff.reset();
    this.#leave(error);
    if (this.#management.id === null) this.#iqs.rejectAll();
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
    this.#watch.stop();
    this.#outgoing.close();
    this.#inbound.clear();
    this.#connection?.close(error);
    this.#connection = null;
    if (this.#isOnline) this.#lostAtMs = performance.now();
    this.#isOnline = false;
    this.#owesAcknowledgement = false;
    this.#features.end();
  }
}

const acknowledgementOf = (h: number): string => `<a xmlns="${ns.streamManagement}" h="${h}"/>`;

const asBridgeError = (error: unknown): BridgeError =>
  error instanceof BridgeError ? error : new BridgeError('internal', toFault(error));
