import type { NewPoll } from '#model';
import type { ConversationId, MessageId } from '../rows.ts';

/** Polls; what changes comes back with the message they are. Errors: `offline`, `unsupported`. */
export interface PollMethods {
  /** All our choices; none takes the vote back. It waits until the account is online. Errors: `rejected` once it is over. */
  'polls.vote': (input: { readonly id: MessageId; readonly choices: readonly string[] }) => { readonly isDone: true };
  /** For good. Errors: `forbidden` for a poll of somebody else. */
  'polls.end': (input: { readonly id: MessageId }) => { readonly isDone: true };
  'polls.create': (input: NewPoll & { readonly conversationId: ConversationId; readonly clientId: string }) => { readonly isDone: true };
}
