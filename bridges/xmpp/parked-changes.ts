import type { BridgeEvent } from '#bridge';
import type { RemoteConversationId, RemoteMessageId } from '#model';

const mostParked = 2_000;
/** Of all texts together: an archive may hold corrections of a megabyte for messages that never come. */
const mostParkedLength = 4 * 1024 * 1024;

/**
 * Corrections, deletions, reactions and receipts that were read before the message they are about, as happens when
 * history is read backwards. They are told again right after that message.
 */
export class ParkedChanges {
  readonly #changes = new Map<string, BridgeEvent[]>();
  #count = 0;
  #length = 0;

  /** The events of one page, oldest first, with what was parked for its messages put behind them. */
  weave(events: readonly BridgeEvent[]): BridgeEvent[] {
    const woven: BridgeEvent[] = [];
    const late: BridgeEvent[] = [];
    for (const event of events) {
      woven.push(event);
      if (event.type === 'message.upserted') {
        const { conversationId, remoteId, alternateId } = event.message;
        late.push(...this.#take(conversationId, remoteId));
        if (alternateId !== undefined && alternateId !== remoteId) late.push(...this.#take(conversationId, alternateId));
      }
    }
    for (const event of events) this.#park(event);
    return [...woven, ...late];
  }

  #park(event: BridgeEvent): void {
    const isChange =
      event.type === 'message.patched' || event.type === 'message.deleted' || event.type === 'reactions.replaced';
    const length = lengthOf(event);
    if (!isChange || this.#count >= mostParked || this.#length + length > mostParkedLength) return;
    const key = keyOf(event.conversationId, event.target);
    const parked = this.#changes.get(key) ?? [];
    this.#changes.set(key, parked);
    parked.push(event);
    this.#count += 1;
    this.#length += length;
  }

  #take(conversationId: RemoteConversationId, id: RemoteMessageId): readonly BridgeEvent[] {
    const key = keyOf(conversationId, id);
    const parked = this.#changes.get(key) ?? [];
    this.#changes.delete(key);
    this.#count -= parked.length;
    for (const event of parked) this.#length -= lengthOf(event);
    return parked;
  }
}

const keyOf = (conversationId: RemoteConversationId, id: RemoteMessageId): string => `${conversationId}\n${id}`;
const lengthOf = (event: BridgeEvent): number => (event.type === 'message.patched' ? (event.patch.text?.length ?? 0) : 0);
