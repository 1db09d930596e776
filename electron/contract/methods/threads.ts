import type { Columns } from '../columns.ts';
import type { ConversationId, MessageId, MessageRow, ThreadId, ThreadSummary } from '../rows.ts';

/** A thread in the list of a conversation. */
export interface ThreadRow extends ThreadSummary {
  /** The message that began it; null: it is not here yet. */
  readonly root: MessageRow | null;
  readonly hasDraft: boolean;
}

export interface ThreadPage {
  readonly id: ThreadId;
  readonly root: MessageRow | null;
  /** Answers in ascending order. */
  readonly rows: Columns<MessageRow>;
  readonly hasOlder: boolean;
  readonly unreadCount: number;
  /** What was begun in it; '' for nothing. */
  readonly draft: string;
}

/** Answers to one message, kept together beside their conversation. */
export interface ThreadMethods {
  /** Those of a conversation that have an answer: unread ones first, then by their last answer. */
  'threads.list': (input: { readonly conversationId: ConversationId }) => readonly ThreadRow[];
  /** The thread that a message began, or would begin with its first answer. Errors: `not-possible` before it was sent. */
  'threads.open': (input: { readonly rootId: MessageId }) => { readonly id: ThreadId };
  /** The newest answers, or those before one. */
  'threads.page': (input: { readonly id: ThreadId; readonly before: MessageId | null; readonly limit: number }) => ThreadPage;
  /** Asks the network for the message that began it and for older answers; they are stored, then paged. */
  'threads.loadOlder': (input: { readonly id: ThreadId }) => { readonly hasMore: boolean };
  /** What was begun in it; '' takes it away. */
  'threads.setDraft': (input: { readonly id: ThreadId; readonly text: string }) => { readonly isSaved: true };
  'threads.markRead': (input: { readonly id: ThreadId; readonly upTo: MessageId }) => { readonly unreadCount: number };
}
