export interface ReadAheadOptions {
  parse(chunk: Buffer): void;
  /** Stops and starts the flow of bytes. */
  pause(): void;
  resume(): void;
}

/** So much waits for the parser before the server is slowed down. */
const mostBytes = 256 * 1024;

/**
 * Bytes on their way to the parser. What has arrived is read off the socket before it is parsed, chunk by chunk between
 * other work: so the end of a burst is seen while its beginning is still to be parsed, and a long one keeps nobody waiting.
 */
export class ReadAhead {
  readonly #options: ReadAheadOptions;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isScheduled = false;
  #isFull = false;
  #isHeld = false;

  constructor(options: ReadAheadOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= mostBytes && !this.#isFull) {
      this.#isFull = true;
      this.#options.pause();
    }
    this.#schedule();
  }

  /** Parses nothing until `release`. */
  hold(): void {
    this.#isHeld = true;
    this.#options.pause();
  }

  release(): void {
    this.#isHeld = false;
    if (!this.#isFull) this.#options.resume();
    this.#schedule();
  }

  /** Parses all that is left, at once: the connection is gone, and what it said last may tell why. */
  flush(): void {
    for (let chunk = this.#take(); chunk !== undefined; chunk = this.#take()) this.#options.parse(chunk);
  }

  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isHeld || this.#chunks.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isHeld) this.#parseNext();
    });
  }

  #parseNext(): void {
    const chunk = this.#take();
    if (chunk === undefined) return;
    this.#options.parse(chunk);
    if (this.#isFull && this.#bytes <= mostBytes / 2) {
      this.#isFull = false;
      if (!this.#isHeld) this.#options.resume();
    }
    this.#schedule();
  }

  #take(): Buffer | undefined {
    const chunk = this.#chunks.shift();
    this.#bytes -= chunk?.length ?? 0;
    return chunk;
  }
}
