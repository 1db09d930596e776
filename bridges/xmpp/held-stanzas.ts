import { randomUUID } from 'node:crypto';
import type { BridgeEvent } from '#bridge';
import { transactionId } from '#model';
import type { Extension } from './extension.ts';
import { readChallenge, speaksFor, type Challenge } from './extensions/0158-captcha-forms.ts';
import { conversationOf, senderMessage } from './ids.ts';

/** What a server may hold back. */
export type HeldKind = 'message' | 'contact-request';

/** One stanza of ours that waits for a person to answer a question (XEP-0158). */
export interface Held {
  readonly requestId: string;
  readonly address: string;
  readonly what: HeldKind;
  readonly stanzaId: string;
  readonly challenge: Challenge;
}

interface Sent {
  readonly address: string;
  readonly what: HeldKind;
  readonly atMs: number;
}

interface HeldOptions {
  readonly ownBareJid: string;
  now(): number;
}

const mostSent = 200;
const mostHeld = 20;
/** A question that comes later is about nothing that anybody still has in mind. */
const longestWaitMs = 10 * 60_000;
const renewalDeadlineMs = 10_000;

/**
 * What we sent to somebody whose server first wants to know that a person did. Only who was addressed, or their server,
 * may ask, about that very stanza, once; anything else is an ordinary message of a stranger and opens nothing.
 */
export class HeldStanzas implements Extension {
  readonly #context: HeldOptions;
  readonly #sent = new Map<string, Sent>();
  readonly #held = new Map<string, Held>();
  readonly #renewals = new Map<string, (challenge: Challenge) => void>();

  constructor(context: HeldOptions) {
    this.#context = context;
  }

  /** Something went out that may be asked about. */
  note(stanzaId: string, address: string, what: HeldKind): void {
    this.#sent.delete(stanzaId);
    this.#sent.set(stanzaId, { address, what, atMs: this.#context.now() });
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > mostSent && oldest !== undefined) this.#sent.delete(oldest);
  }

  /** A contact request is about to go out: the id that it has to carry. */
  noteRequest(address: string): string {
    const id = randomUUID();
    this.note(id, address, 'contact-request');
    return id;
  }

  receiveMessage(message: Parameters<NonNullable<Extension['receiveMessage']>>[0]): readonly BridgeEvent[] | null {
    const challenge = message.attribute('type') === 'error' ? null : readChallenge(message, this.#context.ownBareJid);
    const stanzaId = challenge?.stanzaId ?? null;
    const sent = stanzaId === null ? undefined : this.#sent.get(stanzaId);
    if (challenge === null || stanzaId === null || sent === undefined) return null;
    if (!speaksFor(challenge.from, sent.address) || this.#context.now() - sent.atMs > longestWaitMs) return null;
    this.#sent.delete(stanzaId);
    const renewed = this.#renewals.get(stanzaId);
    if (renewed !== undefined) {
      renewed(challenge);
      return [];
    }
    const held: Held = { requestId: randomUUID(), address: sent.address, what: sent.what, stanzaId, challenge };
    this.#held.set(held.requestId, held);
    const [oldest] = this.#held.values();
    const forgotten = this.#held.size > mostHeld && oldest !== undefined ? this.settle(oldest.requestId) : [];
    return [...forgotten, ...told(held, true), ...delivery(held, 'failed')];
  }

  /** What waits under this name; null: nothing any more. */
  find(requestId: string): Held | null {
    return this.#held.get(requestId) ?? null;
  }

  /** It waits no more; the events say so. */
  settle(requestId: string, isDelivered = false): readonly BridgeEvent[] {
    const held = this.#held.get(requestId);
    if (held === undefined || !this.#held.delete(requestId)) return [];
    return [...told(held, false), ...(isDelivered ? delivery(held, 'sent') : [])];
  }

  /** Sends the same once more, under a new id, and waits for the question about that; null: none came. */
  async renew(requestId: string, stanzaId: string, send: () => void): Promise<Held | null> {
    const held = this.#held.get(requestId);
    if (held === undefined) return null;
    const { promise, resolve } = Promise.withResolvers<Challenge | null>();
    const timer = setTimeout(() => resolve(null), renewalDeadlineMs);
    this.#renewals.set(stanzaId, resolve);
    this.note(stanzaId, held.address, held.what);
    try {
      send();
      const challenge = await promise;
      if (challenge === null) return null;
      const next: Held = { ...held, stanzaId, challenge };
      this.#held.set(requestId, next);
      return next;
    } finally {
      clearTimeout(timer);
      this.#renewals.delete(stanzaId);
    }
  }
}

const told = ({ requestId, address, what }: Held, isOpen: boolean): BridgeEvent[] => [{ type: 'held.changed', requestId, address, what, isOpen }];

/** A message that nobody got must not look as if somebody had. */
const delivery = ({ what, address, stanzaId }: Held, state: 'failed' | 'sent'): BridgeEvent[] =>
  what !== 'message'
    ? []
    : [
        {
          type: 'message.delivery',
          conversationId: conversationOf(address),
          target: senderMessage(stanzaId),
          transactionId: transactionId(stanzaId),
          delivery: state,
          ...(state === 'failed' ? { fault: { code: 'person-check' as const, server: address } } : {}),
        },
      ];
