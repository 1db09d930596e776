import type { ReactionLimits } from '#model';
import { discoInfoQuery } from './extensions/0030-service-discovery.ts';
import { readReactionLimits } from './extensions/0444-reactions.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

export interface ReactionBookOptions {
  readonly engine: Pick<StreamEngine, 'request' | 'isOnline'>;
  /** Whether we may ask: to ask a stranger would tell them that somebody is there. */
  mayAsk(jid: string): boolean;
  /** Who answers for this address: a device of the person, the room itself; null: nobody is there now. */
  askedAt(jid: string): string | null;
  /** What a conversation allows has changed. */
  onChange(jid: string): void;
}

const mostKnown = 2_000;
const deadlineMs = 15_000;

/** Which reactions each contact or room takes, asked when a conversation is first looked at (XEP-0444, section 2.2). */
export class ReactionBook {
  readonly #options: ReactionBookOptions;
  /** Null: anything goes, or the answer is not here yet. */
  readonly #known = new Map<string, ReactionLimits | null>();

  constructor(options: ReactionBookOptions) {
    this.#options = options;
  }

  limits(jid: string): ReactionLimits | undefined {
    const known = this.#known.get(jid);
    const mayAsk = known === undefined && this.#options.engine.isOnline && this.#options.mayAsk(jid);
    const asked = mayAsk ? this.#options.askedAt(jid) : null;
    if (asked !== null) void this.#ask(jid, asked);
    return known ?? undefined;
  }

  async #ask(jid: string, to: string): Promise<void> {
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(jid, null);
    try {
      const limits = readReactionLimits(
        await this.#options.engine.request({ type: 'get', to, payload: discoInfoQuery(), deadlineMs }),
      );
      if (limits === null) return;
      this.#known.set(jid, limits);
      this.#options.onChange(jid);
    } catch {
      // Whoever does not answer has said nothing about reactions. Asked again after the next start.
    }
  }
}
