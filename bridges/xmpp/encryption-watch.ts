import type { BridgeEvent } from '#bridge';

const mostEncrypted = 5_000;

/** Conversations in which something encrypted was said: those are not answered in clear without consent. */
export class EncryptionWatch {
  readonly #encrypted: Set<string>;

  readonly #isStranger: (jid: string) => boolean;

  constructor(encrypted: readonly string[], isStranger: (jid: string) => boolean) {
    this.#isStranger = isStranger;
    this.#encrypted = new Set(encrypted);
  }

  has(conversation: string): boolean {
    return this.#encrypted.has(conversation);
  }

  /**
   * Notes where something encrypted was said, however old it is and whoever said it. Nothing that is said afterwards
   * takes it back: a server can make up a message in clear, and only the person may decide to answer one.
   */
  follow(events: BridgeEvent[]): BridgeEvent[] {
    const patches: BridgeEvent[] = [];
    for (const event of events) {
      if (event.type !== 'message.upserted' || event.message.kind !== 'unreadable') continue;
      const { conversationId } = event.message;
      if (this.#encrypted.has(conversationId)) continue;
      this.#noteEncrypted(conversationId);
      patches.push({ type: 'conversation.patched', conversationId, patch: { security: 'encrypted' } });
    }
    return [...events, ...patches];
  }

  /** Saved with every stanza. When there are too many, one with somebody who only wrote to us is forgotten, never a contact. */
  #noteEncrypted(conversation: string): void {
    this.#encrypted.add(conversation);
    if (this.#encrypted.size <= mostEncrypted) return;
    for (const jid of this.#encrypted) {
      if (jid === conversation || !this.#isStranger(jid)) continue;
      this.#encrypted.delete(jid);
      return;
    }
  }

  /** To be saved; the same list as before when nothing changed. */
  listed(before: readonly string[]): readonly string[] {
    const isSame =
      before.length === this.#encrypted.size && before.every((jid) => this.#encrypted.has(jid));
    return isSame ? before : [...this.#encrypted];
  }
}
