import type { XmlElement } from './xml/element.ts';

export interface InboundQueueOptions {
  /** Stores stanzas and counts `count` as handled; resolves after the commit. */
  store(stanzas: readonly XmlElement[], count: number): Promise<void>;
  /** Counts stanzas that needed no storing. */
  handled(count: number): void;
  /** Says how far we are; not again what was said before, when more is coming. */
  acknowledge(isMoreComing: boolean): void;
  onStoreFailed(error: unknown): void;
  setPaused(isPaused: boolean): void;
}

/** One transaction. */
const batchSize = 500;
/**
 * A server that sends faster than we store is slowed down instead of filling our memory. No more waits than the next
 * batch takes: what waits longer outlives two rounds of V8's young generation, and a flood of 100,000 messages then
 * costs 115 MB instead of 55.
 */
const pauseAt = batchSize;
/** Of letters: a few hundred of the largest stanzas are a flood, too. */
const pauseAtLength = 16 * 1024 * 1024;

/**
 * Received stanzas on their way to the store, in order. What arrives while a batch is being stored makes the next
 * batch; a stanza that needs no storing only takes its place in the count.
 */
export class InboundQueue {
  readonly #options: InboundQueueOptions;
  #waiting: (XmlElement | null)[] = [];
  #pumping: Promise<void> | null = null;
  #waitingLength = 0;
  #isPaused = false;
  #owesAcknowledgement = false;
  #epoch = 0;

  constructor(options: InboundQueueOptions) {
    this.#options = options;
  }

  /** Null: handled already, only to be counted. */
  push(stanza: XmlElement | null): void {
    this.#waiting.push(stanza);
    if (stanza !== null) this.#waitingLength += lengthOf(stanza);
    if ((this.#waiting.length >= pauseAt || this.#waitingLength >= pauseAtLength) && !this.#isPaused) {
      this.#isPaused = true;
      this.#options.setPaused(true);
    }
    this.#pumping ??= this.#pump();
  }

  /** The server asks how far we are. It hears the news there is, and again when all it had sent by now is stored. */
  requestAcknowledgement(): void {
    this.#options.acknowledge(this.#pumping !== null);
    this.#owesAcknowledgement = this.#pumping !== null;
  }

  /** The connection is gone: what is not stored yet will be sent again. */
  clear(): void {
    this.#epoch += 1;
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#isPaused = false;
    this.#owesAcknowledgement = false;
  }

  /** Resolves when nothing is being stored any more. */
  async idle(): Promise<void> {
    await this.#pumping;
  }

  async #pump(): Promise<void> {
    // Lets the rest of the chunk arrive, so that a burst becomes one transaction.
    await Promise.resolve();
    const epoch = this.#epoch;
    try {
      while (epoch === this.#epoch && this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, batchSize);
        const stanzas = batch.filter((stanza) => stanza !== null);
        for (const stanza of stanzas) this.#waitingLength -= lengthOf(stanza);
        if (stanzas.length > 0) await this.#options.store(stanzas, batch.length);
        else this.#options.handled(batch.length);
      }
    } catch (error) {
      this.#waiting = [];
      this.#waitingLength = 0;
      this.#options.onStoreFailed(error);
    } finally {
      this.#pumping = null;
    }
    if (epoch !== this.#epoch) {
      if (this.#waiting.length > 0) this.#pumping ??= this.#pump();
      return;
    }
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#options.setPaused(false);
    }
    if (this.#owesAcknowledgement) {
      this.#owesAcknowledgement = false;
      this.#options.acknowledge(false);
    }
  }
}

/** About what it takes in memory; text and attributes are most of that. */
function lengthOf({ children, attributes }: XmlElement): number {
  let length = 100;
  for (const name in attributes) length += attributes[name]?.length ?? 0;
  for (const child of children) length += typeof child === 'string' ? child.length : lengthOf(child);
  return length;
}
