import type { BridgeEvent } from '#bridge';

const mostEncrypted = 5_000;

/** Which conversations the other side encrypts: those are not answered in clear. */
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

  /** Follows whether the other side encrypts: its last message decides. */
  follow(events: BridgeEvent[]): BridgeEvent[] {
    const patches: BridgeEvent[] = [];
    for (const event of events) {
      if (event.type !== 'message.upserted' || event.origin === 'history') continue;
      const { conversationId, isOwn, kind } = event.message;
      const isEncrypted = kind === 'unreadable';
      if (isEncrypted === this.#encrypted.has(conversationId) || (isOwn && !isEncrypted)) continue;
      if (isEncrypted) this.#noteEncrypted(conversationId);
      else this.#encrypted.delete(conversationId);
      const security = isEncrypted ? 'encrypted' : 'plain';
      patches.push({ type: 'conversation.patched', conversationId, patch: { security } });
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

  /** History says nothing about a conversation we know; of a new one, its newest message does. */
  judgeByHistory(events: readonly BridgeEvent[], known: ReadonlySet<string>): void {
    const newestKinds = new Map<string, string>();
    for (const event of events) {
      if (event.type === 'message.upserted') newestKinds.set(event.message.conversationId, event.message.kind);
    }
    for (const [conversation, kind] of newestKinds) {
      if (kind === 'unreadable' && !known.has(conversation)) this.#noteEncrypted(conversation);
    }
  }

  /** To be saved; the same list as before when nothing changed. */
  listed(before: readonly string[]): readonly string[] {
    const isSame =
      before.length === this.#encrypted.size && before.every((jid) => this.#encrypted.has(jid));
    return isSame ? before : [...this.#encrypted];
  }
}
