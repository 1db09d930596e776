export interface SilenceWatchOptions {
  readonly silenceMs: number;
  readonly answerMs: number;
  lastHeardMs(): number;
  /** Sends something that the server must answer. */
  probe(): void;
  onDead(): void;
}

/**
 * Notices a half-open link: after a silence the server is asked, and no sign of life in time means that it is gone.
 * One timer, set anew only when it fires, so that an idle account costs almost nothing.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #probedAtMs: number | null = null;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#wakeIn(this.#options.silenceMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#probedAtMs = null;
  }

  /** Asks at once; any sign of life within `answerMs` will do. */
  probeNow(answerMs = this.#options.answerMs): void {
    this.#probedAtMs = performance.now();
    this.#options.probe();
    this.#wakeIn(answerMs);
  }

  #wakeIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), delayMs);
  }

  #check(): void {
    const lastHeardMs = this.#options.lastHeardMs();
    const isUnanswered = this.#probedAtMs !== null && lastHeardMs <= this.#probedAtMs;
    if (isUnanswered) {
      this.#options.onDead();
      return;
    }
    this.#probedAtMs = null;
    const quietMs = performance.now() - lastHeardMs;
    if (quietMs >= this.#options.silenceMs) this.probeNow();
    else this.#wakeIn(this.#options.silenceMs - quietMs);
  }
}
