import type { ConversationId, MessageId, MessageRow } from '../rows.ts';

/** Messages that a conversation holds up for all to see. */
export interface PinMethods {
  /** Newest first. Those that are not here yet are asked of the network; what it does not give is left out. */
  'pins.list': (input: { readonly conversationId: ConversationId }) => { readonly rows: readonly MessageRow[]; readonly missingCount: number };
  /** Errors: `forbidden` without the right to, `not-possible` before it was sent, `unsupported`, `offline`. */
  'pins.set': (input: { readonly id: MessageId; readonly isPinned: boolean }) => { readonly isPinned: boolean };
}
