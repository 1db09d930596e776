import type { BridgeEvent } from '#bridge';
import type { MessageRecord } from '../../store/repositories/messages.ts';
import type { KnownAddress } from '../address-book.ts';
import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';

/** One event on its way through the stages. A single object serves a whole batch: a million messages make no garbage. */
export interface Item {
  event: BridgeEvent;
  conversation: ConversationState | null;
  sender: KnownAddress | null;
  remoteKey: number;
  alternateKey: number | null;
  /** The row that this message repeats. */
  known: MessageRecord | null;
}

export interface Stage {
  readonly name: string;
  /** Called for each event, in order. */
  readonly onEvent?: (batch: Batch, item: Item) => void;
  /** Called once, after the last event. */
  readonly onEnd?: (batch: Batch) => void;
}

const noEvent: BridgeEvent = { type: 'state', connection: 'offline' };

export const newItem = (): Item => ({
  event: noEvent,
  conversation: null,
  sender: null,
  remoteKey: 0,
  alternateKey: null,
  known: null,
});

export function clearItem(item: Item, event: BridgeEvent): void {
  item.event = event;
  item.conversation = null;
  item.sender = null;
  item.remoteKey = 0;
  item.alternateKey = null;
  item.known = null;
}
