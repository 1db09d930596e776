import { BridgeError } from '#bridge';
import { StreamManagement, type OutgoingStanza } from '../extensions/0198-stream-management.ts';
import { ns } from '../namespaces.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { connectionFacts, type ConnectionFacts } from './connection-facts.ts';
import type { Connection, Transport } from './connection.ts';
import type { EnteredSession } from './enter-session.ts';
import type { EstablishedSession } from './establish-session.ts';
import { asBridgeError, sizeFault } from './faults.ts';
import { InboundQueue } from './inbound-queue.ts';
import { IqTracker, type IqRequest } from './iq-tracker.ts';
import { OutgoingQueue } from './outgoing-queue.ts';
import { createReceiver } from './receive-element.ts';
import { SessionFeatures } from './session-features.ts';
import type { Authenticated, SessionPlan } from './signed-in.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { StreamEngineOptions, StreamState, StreamTimings } from './stream-options.ts';
import { element, type XmlElement } from './xml/element.ts';
import { serialize } from './xml/serialize.ts';

/** Servers remember a lost session, or at least how far it got, for longer than this. */
const sessionMemoryMs = 5 * 60_000;

export interface StreamSessionOptions extends Pick<StreamEngineOptions, 'stream' | 'saved' | 'handlers' | 'log'> {
  readonly timings: StreamTimings;
  /** The connection cannot go on; calls `end` before it returns. */
  drop(error: BridgeError): void;
}

/** What stays while connections come and go: what waits to be sent and stored, how far both sides got, who we are. */
export class StreamSession {
  readonly #options: StreamSessionOptions;
  readonly #management: StreamManagement;
  readonly #acknowledgements: Acknowledgements;
  readonly #outgoing: OutgoingQueue;
  readonly #inbound: InboundQueue;
  readonly #receive: (received: XmlElement) => void;
  readonly #iqs = new IqTracker();
  readonly #watch: SilenceWatch;
  readonly #features = new SessionFeatures((xml) => this.#connection?.write(xml));
  readonly #sizeFault = (xml: string): BridgeError | null => sizeFault(xml, this.#features.limits, this.#options.stream.domain);
  /** Null while there is none that we are signed in on. */
  #connection: Connection | null = null;
  #signedIn: Authenticated | null = null;
  #jid: string;
  #transport: Transport;
  #isOnline = false;
  #isResumed = false;
  #resumeCount = 0;
  #hasCarbons = false;
  #hasServerCrashed = false;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #onlineSinceMs = 0;

  constructor(options: StreamSessionOptions) {
    this.#options = options;
    const { saved, stream, handlers, timings, log } = options;
    this.#jid = saved?.jid ?? stream.jid;
    this.#transport = saved?.transport ?? 'tcp';
    const management = new StreamManagement(saved?.management ?? null);
    const write = (xml: string): void => this.#connection?.write(xml);
    this.#management = management;
    this.#acknowledgements = new Acknowledgements({
      ...{ management, log, write },
      isOnline: () => this.#isOnline,
      ping: () => this.request({ type: 'get', to: stream.domain, payload: element('ping', { xmlns: ns.ping }) }),
      settle: (acknowledged) => this.#outgoing.settle(acknowledged),
      saveSoon: () => handlers.saveSoon(),
      onDisagreement: (error) => options.drop(error),
    });
    this.#outgoing = new OutgoingQueue(
      {
        ...{ management, write },
        persist: (batch) => handlers.persistOutgoing(batch),
        requestAcknowledgement: () => this.#acknowledgements.ask(),
        onPersistFailed: (error) => options.drop(asBridgeError(error)),
        onOverflow: (error) => {
          management.forget();
          options.drop(error);
        },
        onSettled: () => handlers.saveSoon(),
      },
      saved?.outgoing ?? null,
    );
    this.#inbound = new InboundQueue({
      store: (stanzas, count) => handlers.store(stanzas, count),
      handled: (count) => management.handled(count),
      acknowledge: (isMoreComing) => this.#acknowledgements.say(isMoreComing),
      onStoreFailed: (error) => options.drop(asBridgeError(error)),
      setPaused: (isPaused) => (isPaused ? this.#connection?.pause() : this.#connection?.resume()),
    });
    this.#receive = createReceiver({
      ...{ stream, handlers, log, iqs: this.#iqs, inbound: this.#inbound, acknowledgements: this.#acknowledgements },
      jid: () => this.#jid,
      noteFeatures: (features) => this.#noteFeatures(features),
      drop: (error) => options.drop(error),
    });
    this.#watch = new SilenceWatch({
      silenceMs: timings.silenceMs,
      answerMs: timings.answerMs,
      lastHeardMs: () => this.#connection?.lastHeardMs ?? performance.now(),
      lastSaidMs: () => this.#connection?.lastSaidMs ?? performance.now(),
      probe: () => this.#acknowledgements.ask(),
      onDead: () => this.#onSilence(),
    });
  }

  get jid(): string {
    return this.#jid;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** How long the present connection has held, in milliseconds; 0 without one. */
  get heldMs(): number {
    return this.#isOnline ? performance.now() - this.#onlineSinceMs : 0;
  }

  get hasCarbons(): boolean {
    return this.#hasCarbons;
  }

  get hasServerCrashed(): boolean {
    return this.#hasServerCrashed;
  }

  get isSending(): boolean {
    return this.#management.unacked.some((stanza) => stanza.transactionId !== null);
  }

  /** Messages in doubt and on their way out, for whoever asks about one of them. */
  get outgoing(): Pick<OutgoingQueue, 'doubtful' | 'has' | 'release'> {
    return this.#outgoing;
  }

  get facts(): ConnectionFacts | null {
    const [connection, signedIn] = [this.#connection, this.#signedIn];
    if (!this.#isOnline || connection === null || signedIn === null) return null;
    return connectionFacts(connection, signedIn, this.#features, this.#onlineSinceMs, {
      isOn: this.#acknowledgements.isManaged,
      canResume: this.#management.id !== null,
      isResumed: this.#isResumed,
      resumeCount: this.#resumeCount,
      unackedCount: this.#management.unacked.length,
    });
  }

  setActive(isActive: boolean): void {
    this.#features.setActive(isActive);
  }

  /** Asks the server at once whether it is there. */
  probe(): void {
    this.#watch.probeNow();
  }

  send(stanza: XmlElement): boolean {
    const xml = serialize(stanza);
    const fault = this.#sizeFault(xml);
    if (fault !== null) this.#options.log.warn('a stanza is too large for this server', { name: stanza.name });
    return fault === null && this.#outgoing.push(xml);
  }

  sendMessage(stanza: XmlElement, transactionId: string): Promise<void> {
    const xml = serialize(stanza);
    const fault = this.#sizeFault(xml);
    return fault === null ? this.#outgoing.pushMessage(xml, transactionId) : Promise.reject(fault);
  }

  request(request: IqRequest): Promise<XmlElement> {
    if (!this.#isOnline) return Promise.reject(new BridgeError('offline'));
    const fault = this.#sizeFault(serialize(request.payload));
    if (fault !== null) return Promise.reject(fault);
    return this.#iqs.request(request, (stanza) => this.send(stanza));
  }

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

  handled(count: number): void {
    this.#management.handled(count);
  }

  saved({ management }: StreamState): void {
    this.#management.saved(management);
    this.#acknowledgements.saved();
  }

  /** A session stays with what carried it: Prosody takes one over from TCP to WebSocket and then hears nothing of it. */
  plan(transport: Transport): SessionPlan {
    const { id, inbound } = this.#management;
    return { resumable: id === null || transport !== this.#transport ? null : { id, inbound }, isActive: this.#features.isActive };
  }

  /** Goes on over a new connection, in the earlier session or in a new one. */
  begin({ secure: { connection, features }, signedIn, session, wasResumable }: EnteredSession): void {
    this.#connection = connection;
    this.#signedIn = signedIn;
    this.#features.begin(features);
    // They mostly come in the same breath, and what follows may depend on them.
    const later = signedIn.features ?? connection.takeWaiting('features', ns.streams);
    if (later !== null) this.#noteFeatures(later);
    if (!this.#takeUp(session, wasResumable)) return;
    this.#isOnline = true;
    this.#onlineSinceMs = performance.now();
    this.#outgoing.open(this.#acknowledgements.isManaged);
    this.#isResumed = session.kind === 'resumed';
    if (this.#isResumed) this.#resumeCount += 1;
    this.#watch.start();
    this.#watch.limit(this.#features.limits.idleSeconds);
    // To take us in and then say nothing is one more way to stay silent while we sign in.
    const { timings, stream, log, handlers } = this.#options;
    this.#watch.probeNow(Math.min(timings.answerMs, stream.stepDeadlineMs));
    log.info('online', { session: session.kind, transport: connection.transport, profile: signedIn.profile, mechanism: signedIn.mechanism });
    handlers.onOnline(session.kind);
    connection.lookAhead = (bytes) => handlers.lookAhead(bytes);
    connection.listen({
      onElement: (received) => {
        if (connection === this.#connection) this.#receive(received);
      },
      onClose: (error) => {
        if (connection === this.#connection) this.#options.drop(error);
      },
    });
  }

  /** The connection is gone, or about to be closed; the session may be taken up again. */
  end(): void {
    this.#connection = null;
    this.#watch.stop();
    this.#outgoing.close();
    this.#inbound.clear();
    if (this.#isOnline) this.#lostAtMs = performance.now();
    this.#isOnline = false;
    this.#acknowledgements.end();
    this.#features.end();
    // Their answers may still come when the session is taken up again.
    if (this.#management.id === null) this.#iqs.rejectAll();
  }

  /** Nobody will take this session up again, and what it leaves unacknowledged would be delivered once more. */
  signOff(): void {
    if (this.#isOnline) this.#connection?.end(this.#acknowledgements.lastWord);
  }

  forget(): void {
    this.#management.forget();
    this.#iqs.rejectAll();
    this.#outgoing.rejectAll(new BridgeError('offline'));
  }

  /** Resolves when what came is stored. */
  idle(): Promise<void> {
    return this.#inbound.idle();
  }

  /** @returns false when the session was given up, and the connection with it. */
  #takeUp(session: EstablishedSession, wasResumable: boolean): boolean {
    if (session.kind === 'resumed') {
      this.#acknowledgements.begin(true);
      this.#jid = session.jid ?? this.#jid;
      return this.#acknowledgements.take(session.acknowledged);
    }
    const isForgotten = wasResumable && session.acknowledgedBefore === null;
    this.#hasServerCrashed = isForgotten && performance.now() - this.#lostAtMs < sessionMemoryMs;
    if (session.acknowledgedBefore !== null) this.#acknowledgements.takeLate(session.acknowledgedBefore);
    this.#jid = session.jid;
    if (this.#connection !== null) this.#transport = this.#connection.transport;
    this.#acknowledgements.begin(session.canManageStream);
    this.#hasCarbons = session.hasCarbons;
    this.#iqs.rejectAll();
    this.#outgoing.requeue(this.#management.begin(session.resumptionId));
    return true;
  }

  /** They come with no new stream header where the session was made in the same step as the sign-in. */
  #noteFeatures(features: XmlElement): void {
    this.#features.note(features);
    this.#watch.limit(this.#features.limits.idleSeconds);
  }

  /**
   * The server stopped answering. A session that was resumed and then fell silent may be broken at the server's end;
   * resuming it again would lead to the same silence, so the next one is new and the archive fills the hole.
   */
  #onSilence(): void {
    if (this.#isResumed) this.#management.forget();
    this.#options.drop(new BridgeError('server-unreachable', { detail: 'the connection went silent' }));
  }
}
