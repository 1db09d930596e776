export interface SilenceWatchOptions {
  readonly silenceMs: number;
  readonly answerMs: number;
  lastHeardMs(): number;
  lastSaidMs(): number;
  /** Sends something that the server must answer. */
  probe(): void;
  onDead(): void;
}

const leastQuietMs = 1_000;

/**
 * Notices a half-open link: after a silence the server is asked, and no sign of life in time means that it is gone.
 * One timer, set anew only when it fires, so that an idle account costs almost nothing.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #probedAtMs: number | null = null;
  /** When an unanswered question becomes a lost link. */
  #deadAtMs = 0;
  /** We may say nothing for no longer than this. */
  #mostQuietMs = Number.POSITIVE_INFINITY;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#wakeIn(Math.min(this.#options.silenceMs, this.#mostQuietMs));
  }

  /** The server leaves whoever says nothing for so long (XEP-0478); null: it does not say. */
  limit(idleSeconds: number | null): void {
    // Half of it leaves room for what is on the way.
    this.#mostQuietMs = idleSeconds === null ? Number.POSITIVE_INFINITY : Math.max(idleSeconds * 500, leastQuietMs);
    if (this.#probedAtMs === null && this.#timer !== undefined) this.#wakeIn(this.#waitMs());
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#mostQuietMs = Number.POSITIVE_INFINITY;
    this.#probedAtMs = null;
  }

  /** Asks at once; any sign of life within `answerMs` will do. */
  probeNow(answerMs = this.#options.answerMs): void {
    this.#probedAtMs = performance.now();
    this.#deadAtMs = this.#probedAtMs + answerMs;
    this.#options.probe();
    this.#wakeIn(Math.min(answerMs, this.#mostQuietMs));
  }

  #wakeIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), delayMs);
  }

  #check(): void {
    const nowMs = performance.now();
    const isUnanswered = this.#probedAtMs !== null && this.#options.lastHeardMs() <= this.#probedAtMs;
    if (!isUnanswered) {
      this.#probedAtMs = null;
      const waitMs = this.#waitMs();
      if (waitMs <= 0) this.probeNow();
      else this.#wakeIn(waitMs);
      return;
    }
    if (nowMs >= this.#deadAtMs) {
      this.#options.onDead();
      return;
    }
    // Still waiting, and about to be taken for silent ourselves.
    if (nowMs - this.#options.lastSaidMs() >= this.#mostQuietMs) this.#options.probe();
    this.#wakeIn(Math.min(this.#deadAtMs - nowMs, this.#mostQuietMs));
  }

  /** How long until one of the two sides has been quiet for too long. */
  #waitMs(): number {
    const { silenceMs, lastHeardMs, lastSaidMs } = this.#options;
    const nowMs = performance.now();
    return Math.min(silenceMs - (nowMs - lastHeardMs()), this.#mostQuietMs - (nowMs - lastSaidMs()));
  }
}
