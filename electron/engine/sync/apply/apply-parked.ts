import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';
import type { Item } from '../stages/stage.ts';
import type { LateEvent } from './late-events.ts';
import { takeParked } from './late-events.ts';
import { applyMessageDeleted } from './message-deleted.ts';
import { applyMessageDelivery } from './message-delivery.ts';
import { applyMessagePatched } from './message-patched.ts';
import { applyReactionsReplaced, applyReactionUpserted } from './reactions.ts';
import { applyMarkerUpserted, applyReceiptUpserted } from './receipts.ts';

/** Applies what came before the message that was just stored, in the order it came. */
export function applyParked(batch: Batch, conversation: ConversationState, item: Item): void {
  const keys = new Set([item.remoteKey, ...(item.alternateKey === null ? [] : [item.alternateKey])]);
  for (const key of keys) {
    for (const event of takeParked(batch, key, conversation.remoteId)) applyLate(batch, event);
  }
}

function applyLate(batch: Batch, event: LateEvent): void {
  switch (event.type) {
    case 'message.patched':
      return applyMessagePatched(batch, event);
    case 'message.deleted':
      return applyMessageDeleted(batch, event);
    case 'message.delivery':
      return applyMessageDelivery(batch, event);
    case 'reaction.upserted':
      return applyReactionUpserted(batch, event);
    case 'reactions.replaced':
      return applyReactionsReplaced(batch, event);
    case 'receipt.upserted':
      return applyReceiptUpserted(batch, event);
    case 'marker.upserted':
      return applyMarkerUpserted(batch, event);
  }
}
