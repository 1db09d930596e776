import type { BridgeEvent } from '#bridge';
import type { RemoteConversationId, RemoteMessageId } from '#model';

const mostParked = 2_000;

/**
 * Corrections, deletions, reactions and receipts that were read before the message they are about, as happens when
 * history is read backwards. They are told again right after that message.
 */
export class ParkedChanges {
  readonly #changes = new Map<string, BridgeEvent[]>();
  #count = 0;

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
    if (!isChange || this.#count >= mostParked) return;
    const key = keyOf(event.conversationId, event.target);
    const parked = this.#changes.get(key) ?? [];
    this.#changes.set(key, parked);
    parked.push(event);
    this.#count += 1;
  }

  #take(conversationId: RemoteConversationId, id: RemoteMessageId): readonly BridgeEvent[] {
    const key = keyOf(conversationId, id);
    const parked = this.#changes.get(key) ?? [];
    this.#changes.delete(key);
    this.#count -= parked.length;
    return parked;
  }
}

const keyOf = (conversationId: RemoteConversationId, id: RemoteMessageId): string => `${conversationId}\n${id}`;
