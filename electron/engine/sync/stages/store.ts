import type { BridgeEvent } from '#bridge';
import {
  applyBlockedChanged,
  applyBlockedReplaced,
  applyContactDeleted,
  applyContactsReplaced,
  applyContactUpserted,
} from '../apply/contacts.ts';
import { applyConversationDeleted, applyConversationPatched, applyConversationUpserted } from '../apply/conversations.ts';
import { applyFoldersReplaced } from '../apply/folders.ts';
import { applyGapDeleted, applyGapUpserted } from '../apply/gaps.ts';
import { applyLoginsReplaced, applyLoginUpserted } from '../apply/logins.ts';
import { applyMessageDeleted } from '../apply/message-deleted.ts';
import { applyMessageDelivery } from '../apply/message-delivery.ts';
import { applyMessagePatched } from '../apply/message-patched.ts';
import { applyMessageShielded } from '../apply/message-shielded.ts';
import { applyMessageUpserted } from '../apply/message-upserted.ts';
import { applyParticipantDeleted, applyParticipantsReplaced, applyParticipantUpserted } from '../apply/participants.ts';
import { applyPersonUpserted } from '../apply/person-upserted.ts';
import { applyPinsReplaced } from '../apply/pins-replaced.ts';
import { applyReactionDeleted, applyReactionsReplaced, applyReactionUpserted } from '../apply/reactions.ts';
import { applyMarkerUpserted, applyReceiptUpserted } from '../apply/receipts.ts';
import { applyHeld, applyPresence, applySecurity, applyState, applyTyping, applyVerification, applyEncryptionChanged, applyImporting } from '../apply/signals.ts';
import type { Batch } from '../batch.ts';
import { InvalidEvent } from '../event-checks.ts';
import type { Item, Stage } from './stage.ts';

type Handlers = {
  readonly [Type in BridgeEvent['type']]: (
    batch: Batch,
    event: Extract<BridgeEvent, { readonly type: Type }>,
    item: Item,
  ) => void;
};

/** What each event does to the store. An event without a handler does not compile. */
const handlers: Handlers = {
  'conversation.upserted': applyConversationUpserted,
  'conversation.patched': applyConversationPatched,
  'conversation.deleted': applyConversationDeleted,
  'message.upserted': applyMessageUpserted,
  'message.patched': applyMessagePatched,
  'message.deleted': applyMessageDeleted,
  'message.delivery': applyMessageDelivery,
  'message.shielded': applyMessageShielded,
  'reaction.upserted': applyReactionUpserted,
  'reaction.deleted': applyReactionDeleted,
  'reactions.replaced': applyReactionsReplaced,
  'person.upserted': applyPersonUpserted,
  'participant.upserted': applyParticipantUpserted,
  'participant.deleted': applyParticipantDeleted,
  'participants.replaced': applyParticipantsReplaced,
  'receipt.upserted': applyReceiptUpserted,
  'marker.upserted': applyMarkerUpserted,
  typing: applyTyping,
  presence: applyPresence,
  'contact.upserted': applyContactUpserted,
  'contact.deleted': applyContactDeleted,
  'contacts.replaced': applyContactsReplaced,
  'blocked.replaced': applyBlockedReplaced,
  'blocked.changed': applyBlockedChanged,
  'folders.replaced': applyFoldersReplaced,
  'pins.replaced': applyPinsReplaced,
  'gap.upserted': applyGapUpserted,
  'gap.deleted': applyGapDeleted,
  'logins.replaced': applyLoginsReplaced,
  'login.upserted': applyLoginUpserted,
  'encryption.changed': applyEncryptionChanged,
  'encryption.importing': applyImporting,
  'verification.requested': applyVerification,
  'held.changed': applyHeld,
  state: applyState,
  security: applySecurity,
};

/** Writes what an event says. */
export const store: Stage = {
  name: 'store',
  onEvent: (batch, item) => {
    const { type } = item.event;
    if (!Object.hasOwn(handlers, type)) throw new InvalidEvent('unknown type of event');
    const apply = handlers[type] as (batch: Batch, event: BridgeEvent, item: Item) => void;
    apply(batch, item.event, item);
  },
};
