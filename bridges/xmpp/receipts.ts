import { randomUUID } from 'node:crypto';
import type { BridgeEvent } from '#bridge';
import { readReceipt, readReceiptRequest } from './extensions/0184-delivery-receipts.ts';
import { bareJid } from './jid.ts';
import type { Envelope } from './receive.ts';
import type { Roster } from './roster.ts';
import { receiptMessage } from './send.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** Nobody waits any more to hear that an older message arrived. */
const oldestMs = 7 * 24 * 60 * 60_000;
const mostRemembered = 20_000;

export interface ReceiptsOptions {
  readonly ownBareJid: string;
  readonly roster: Pick<Roster, 'seesPresence'>;
  now(): number;
}

/** A message and what became of it. */
export interface ReadMessage {
  readonly envelope: Envelope;
  readonly events: readonly BridgeEvent[];
}

/** Who hears from us that a message arrived (XEP-0184), and that only once. */
export class Receipts {
  readonly #options: ReceiptsOptions;
  /** The archive and the server's offline copy bring a message once more. */
  readonly #told = new Set<string>();

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** For a message that was sent to us just now, or kept for us by the server. */
  forArrived({ envelope, events }: ReadMessage): readonly XmlElement[] {
    const asked = this.#askedBy(envelope.message, events);
    return asked === null ? [] : [receiptMessage(asked.sender, randomUUID(), asked.id)];
  }

  /**
   * For a page of what was written while we were away. Another device of ours may have been there; then the archive
   * holds its receipt too.
   */
  forMissed(page: readonly ReadMessage[]): readonly XmlElement[] {
    const receipts = new Map<string, XmlElement>();
    const sinceMs = this.#options.now() - oldestMs;
    for (const { envelope, events } of page) {
      const { message, stampMs } = envelope;
      const told = this.#toldIn(message);
      if (told !== null) {
        this.#remember(told);
        receipts.delete(told);
      }
      const asked = stampMs !== null && stampMs >= sinceMs ? this.#askedBy(message, events) : null;
      if (asked !== null) receipts.set(asked.name, receiptMessage(asked.sender, randomUUID(), asked.id));
    }
    return [...receipts.values()];
  }

  /** To be told what really went out. */
  noteSent(stanza: XmlElement): void {
    const name = nameOf(stanza.attribute('to'), readReceipt(stanza));
    if (name !== null) this.#remember(name);
  }

  /** A receipt tells when we are there, so only people get one who may see our presence. */
  #askedBy(
    message: XmlElement,
    events: readonly BridgeEvent[],
  ): { readonly sender: string; readonly id: string; readonly name: string } | null {
    const id = readReceiptRequest(message);
    const sender = bareJid(message.attribute('from'));
    const name = nameOf(sender ?? undefined, id);
    if (id === null || sender === null || name === null || this.#told.has(name)) return null;
    const isMessage = events.some((event) => event.type === 'message.patched' || isFromOthers(event));
    return isMessage && this.#options.roster.seesPresence(sender) ? { sender, id, name } : null;
  }

  #toldIn(message: XmlElement): string | null {
    const isOwn = bareJid(message.attribute('from')) === this.#options.ownBareJid;
    return isOwn ? nameOf(message.attribute('to'), readReceipt(message)) : null;
  }

  #remember(name: string): void {
    if (this.#told.size >= mostRemembered) this.#told.clear();
    this.#told.add(name);
  }
}

const isFromOthers = (event: BridgeEvent): boolean => event.type === 'message.upserted' && !event.message.isOwn;

function nameOf(jid: string | undefined, id: string | null): string | null {
  const bare = bareJid(jid);
  return bare === null || id === null ? null : `${bare}/${id}`;
}
