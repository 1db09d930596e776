import { BridgeError } from '#bridge';
import type { OutgoingStanza, StreamManagement } from '../extensions/0198-stream-management.ts';

export interface OutgoingQueueOptions {
  readonly management: StreamManagement;
  /** Saves the stanzas as if they were already sent; resolves after the commit. */
  persist(batch: readonly OutgoingStanza[]): Promise<void>;
  write(xml: string): void;
  /** Asks the server how far it got. */
  requestAcknowledgement(): void;
  onPersistFailed(error: unknown): void;
  /** So much is unacknowledged that this session is better given up. */
  onOverflow(error: BridgeError): void;
  /** The server took messages: what was saved about them is out of date. */
  onSettled(): void;
}

/** What has to survive a restart besides the stream management itself; plain JSON. */
export type OutgoingQueueState = {
  /** Perhaps delivered by an earlier session; written again once the archive said that it was not. */
  readonly requeued: readonly { readonly xml: string; readonly transactionId: string | null }[];
  /** The last messages that were acknowledged: a repeated `send` of one of them is done already. */
  readonly delivered: readonly string[];
};

interface Waiter {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: BridgeError): void;
}

const deliveredRemembered = 64;
const batchSize = 100;
/** Acknowledgement of stanzas that nobody waits for is asked for now and then, so that memory stays small. */
const unackedBeforeAsking = 10;
/** A server that asks and asks and acknowledges nothing would fill our memory with the answers. */
const mostUnacked = 5_000;

/**
 * Puts stanzas on the wire in order. A message is saved before it is written, and stays until the server acknowledged
 * it; what is not worth keeping (presence, typing, requests) is written at once or not at all.
 */
export class OutgoingQueue {
  readonly #options: OutgoingQueueOptions;
  readonly #waiters = new Map<string, Waiter>();
  /** Messages not written yet. The first `#requeuedCount` of them may have been delivered before. */
  #durable: OutgoingStanza[] = [];
  #requeuedCount = 0;
  /** Held back while a batch is being saved: the save already fixed the order of the wire. */
  #behindSave: string[] = [];
  #delivered: string[];
  #isOpen = false;
  #isManaged = false;
  #isHeld = false;
  #isSaving = false;
  #epoch = 0;

  constructor(options: OutgoingQueueOptions, saved: OutgoingQueueState | null) {
    this.#options = options;
    this.#durable = [...(saved?.requeued ?? [])];
    this.#requeuedCount = this.#durable.length;
    this.#isHeld = this.#requeuedCount > 0;
    this.#delivered = [...(saved?.delivered ?? [])];
  }

  get state(): OutgoingQueueState {
    return { requeued: this.#durable.slice(0, this.#requeuedCount), delivered: this.#delivered };
  }

  /** Transaction ids that may have been delivered by a session that is gone. */
  get doubtful(): readonly string[] {
    return this.#durable.slice(0, this.#requeuedCount).flatMap(({ transactionId }) => transactionId ?? []);
  }

  /** Writes a stanza that is not worth keeping. @returns false when there is no connection. */
  push(xml: string): boolean {
    if (!this.#isOpen) return false;
    const { management, onOverflow } = this.#options;
    if (management.unacked.length + this.#behindSave.length >= mostUnacked) {
      onOverflow(new BridgeError('server-unreachable', { detail: 'the server acknowledges nothing' }));
      return false;
    }
    if (this.#isSaving) this.#behindSave.push(xml);
    else this.#writePassing(xml);
    return true;
  }

  /**
   * Sends a message once per transaction id. Resolves when the server acknowledged it.
   * @throws BridgeError `offline` when there is no connection and the message is not under way already.
   */
  pushMessage(xml: string, transactionId: string): Promise<void> {
    if (this.#delivered.includes(transactionId)) return Promise.resolve();
    const waiter = this.#waiters.get(transactionId);
    if (waiter !== undefined) return waiter.promise;
    if (this.#isUnderWay(transactionId)) return this.#wait(transactionId);
    if (!this.#isOpen) return Promise.reject(new BridgeError('offline'));
    this.#durable.push({ xml, transactionId });
    const promise = this.#wait(transactionId);
    void this.#pump();
    return promise;
  }

  /** A session is there. After a resumption, what the server did not acknowledge is written again. */
  open(isManaged: boolean): void {
    this.#epoch += 1;
    this.#isOpen = true;
    this.#isManaged = isManaged;
    const { management, write, requestAcknowledgement } = this.#options;
    for (const stanza of management.unacked) write(stanza.xml);
    if (management.unacked.length > 0) requestAcknowledgement();
    void this.#pump();
  }

  close(): void {
    this.#epoch += 1;
    this.#isOpen = false;
    this.#behindSave = [];
  }

  /** Takes back what the lost session left unacknowledged, and holds all messages until `release`. */
  requeue(left: readonly OutgoingStanza[]): void {
    const messages = left.filter((stanza) => stanza.transactionId !== null);
    const known = new Set(messages.map((stanza) => stanza.transactionId));
    const rest = this.#durable.filter((stanza) => !known.has(stanza.transactionId));
    const requeuedRest = this.#durable.slice(0, this.#requeuedCount).filter((entry) => rest.includes(entry)).length;
    this.#durable = [...messages, ...rest];
    this.#requeuedCount = messages.length + requeuedRest;
    this.#isHeld = this.#requeuedCount > 0;
  }

  /** The archive was read: `found` were delivered by the lost session, the others go out again. */
  release(found: ReadonlySet<string>): void {
    const wasFound = (stanza: OutgoingStanza): boolean => found.has(stanza.transactionId ?? '');
    const requeued = this.#durable.slice(0, this.#requeuedCount);
    const missing = requeued.filter((stanza) => !wasFound(stanza));
    this.#durable = [...missing, ...this.#durable.slice(this.#requeuedCount)];
    this.#requeuedCount = missing.length;
    this.#isHeld = false;
    this.settle(requeued.filter(wasFound));
    void this.#pump();
  }

  /** The server has these. */
  settle(acknowledged: readonly OutgoingStanza[]): void {
    for (const { transactionId } of acknowledged) {
      if (transactionId === null) continue;
      this.#delivered.push(transactionId);
      this.#waiters.get(transactionId)?.resolve();
      this.#waiters.delete(transactionId);
    }
    this.#delivered = this.#delivered.slice(-deliveredRemembered);
    if (acknowledged.some((stanza) => stanza.transactionId !== null)) this.#options.onSettled();
  }

  rejectAll(error: BridgeError): void {
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
  }

  /** Whether this message was handed over before, and needs no making again. */
  has(transactionId: string): boolean {
    return this.#delivered.includes(transactionId) || this.#isUnderWay(transactionId);
  }

  #isUnderWay(transactionId: string): boolean {
    const isIt = (stanza: OutgoingStanza): boolean => stanza.transactionId === transactionId;
    return this.#durable.some(isIt) || this.#options.management.unacked.some(isIt);
  }

  #wait(transactionId: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.set(transactionId, { promise, resolve, reject });
    return promise;
  }

  async #pump(): Promise<void> {
    if (this.#isSaving) return;
    while (this.#isOpen && !this.#isHeld && this.#durable.length > 0) {
      const batch = this.#durable.slice(0, batchSize);
      const epoch = this.#epoch;
      this.#isSaving = true;
      try {
        await this.#options.persist(batch);
      } catch (error) {
        this.#options.onPersistFailed(error);
        return;
      } finally {
        this.#isSaving = false;
      }
      if (epoch === this.#epoch && !this.#isHeld) this.#writeBatch(batch);
    }
    this.#writeBehindSave();
  }

  #writeBatch(batch: readonly OutgoingStanza[]): void {
    const { management, write, requestAcknowledgement } = this.#options;
    this.#durable = this.#durable.slice(batch.length);
    this.#requeuedCount = Math.max(0, this.#requeuedCount - batch.length);
    for (const stanza of batch) {
      management.track(stanza);
      write(stanza.xml);
    }
    this.#writeBehindSave();
    requestAcknowledgement();
  }

  #writeBehindSave(): void {
    if (!this.#isOpen) return;
    const waiting = this.#behindSave;
    this.#behindSave = [];
    for (const xml of waiting) this.#writePassing(xml);
  }

  #writePassing(xml: string): void {
    const { management, write, requestAcknowledgement } = this.#options;
    write(xml);
    if (!this.#isManaged) return;
    management.track({ xml, transactionId: null });
    if (management.unacked.length % unackedBeforeAsking === 0) requestAcknowledgement();
  }
}
