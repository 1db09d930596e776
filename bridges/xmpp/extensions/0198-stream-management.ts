/**
 * XEP-0198 Stream Management, version 1.6.1 — https://xmpp.org/extensions/xep-0198.html
 * The counting and the memory of what the server has not acknowledged. Left out: the `location` hint of `<enabled/>`.
 */

/** A stanza on its way out. */
export interface OutgoingStanza {
  readonly xml: string;
  /** Set for messages that must survive a restart. */
  readonly transactionId: string | null;
}

/** What has to survive a restart; plain JSON. */
export type StreamManagementState = {
  readonly id: string | null;
  /** Stanzas of the server that are stored here. */
  readonly inbound: number;
  /** Stanzas of ours that the server acknowledged. */
  readonly outbound: number;
  readonly unacked: readonly { readonly xml: string; readonly transactionId: string | null }[];
};

const modulus = 2 ** 32;

/** The server counted stanzas that were never sent: the two sides no longer speak of the same session. */
export class AcknowledgementError extends Error {}

export class StreamManagement {
  #id: string | null = null;
  #inbound = 0;
  #savedInbound = 0;
  #outbound = 0;
  #unacked: OutgoingStanza[] = [];
  /**
   * After a restart the server may have seen stanzas (a ping, a presence) that were sent after the last save.
   * Only the first acknowledgement may then count further than we remember.
   */
  #mayBeBehind = false;

  constructor(saved: StreamManagementState | null) {
    if (saved === null) return;
    this.#id = saved.id;
    this.#inbound = saved.inbound;
    this.#savedInbound = saved.inbound;
    this.#outbound = saved.outbound;
    this.#unacked = [...saved.unacked];
    this.#mayBeBehind = true;
  }

  /** Of the session that can be resumed; null when there is none. */
  get id(): string | null {
    return this.#id;
  }

  get inbound(): number {
    return this.#inbound;
  }

  /**
   * How many stanzas the server may be told of. Not those that a process which is killed now would not know of:
   * a session is not taken up again by a client that counts less than it acknowledged.
   */
  get acknowledgeable(): number {
    return this.#id === null ? this.#inbound : this.#savedInbound;
  }

  get unacked(): readonly OutgoingStanza[] {
    return this.#unacked;
  }

  /** The count the server will have when everything sent so far arrived. */
  get sent(): number {
    return (this.#outbound + this.#unacked.length) % modulus;
  }

  /** A new session: both counters start again. Unacknowledged stanzas are handed back. */
  begin(id: string | null): OutgoingStanza[] {
    const left = this.#unacked;
    this.#id = id;
    this.#inbound = 0;
    this.#savedInbound = 0;
    this.#outbound = 0;
    this.#unacked = [];
    this.#mayBeBehind = false;
    return left;
  }

  /** The session ended for good (clean sign-out); there is nothing to resume. */
  forget(): void {
    this.#id = null;
  }

  track(stanza: OutgoingStanza): void {
    this.#unacked.push(stanza);
  }

  /** To be called only after the stanzas are stored: from then on the server may forget them. */
  handled(count: number): void {
    this.#inbound = (this.#inbound + count) % modulus;
  }

  /** To be called when a snapshot was saved. One of an earlier session says nothing about this one. */
  saved({ id, inbound }: StreamManagementState): void {
    if (id === this.#id) this.#savedInbound = inbound;
  }

  /**
   * Takes the server's `h`. @returns what it acknowledged, oldest first.
   * @throws AcknowledgementError when it counts more than was sent.
   */
  acknowledge(h: number): OutgoingStanza[] {
    if (!Number.isInteger(h) || h < 0 || h >= modulus) throw new AcknowledgementError(`h=${h}`);
    const count = (h - this.#outbound + modulus) % modulus;
    if (count > this.#unacked.length && !this.#mayBeBehind) {
      throw new AcknowledgementError(`${count} acknowledged, ${this.#unacked.length} sent`);
    }
    this.#mayBeBehind = false;
    this.#outbound = h;
    return this.#unacked.splice(0, count);
  }

  /** What to save, as if `extraInbound` more stanzas were stored and `extraOutgoing` already sent. */
  snapshot(extraInbound: number, extraOutgoing: readonly OutgoingStanza[]): StreamManagementState {
    return {
      id: this.#id,
      inbound: (this.#inbound + extraInbound) % modulus,
      outbound: this.#outbound,
      unacked: [...this.#unacked.map(withoutSecrets), ...extraOutgoing],
    };
  }
}

/** Answers nothing and asks nothing; counts as one. */
const placeholder = '<iq type="result" id="kept-off-the-disk"/>';

/** What a person types into a form may be a code or a key by any name. */
const mayHoldSecrets = /password|<x [^<>]*jabber:x:data|jabber:iq:register/i;

/** Passwords (of rooms, of the account) are not written to disk in clear: after a crash such a stanza is not sent again. */
const withoutSecrets = (stanza: OutgoingStanza): OutgoingStanza =>
  stanza.transactionId === null && mayHoldSecrets.test(stanza.xml) ? { ...stanza, xml: placeholder } : stanza;
