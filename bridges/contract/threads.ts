/** Conversations within a conversation: the answers to one message, kept together. */
import type { HistoryPage } from './bridge.ts';
import type { RemoteConversationId, RemoteMessageId } from './ids.ts';

/**
 * What a read mark or a receipt is about. Absent: the conversation as a whole. Null: what stands in no thread. An id: the
 * thread which that message began.
 */
export type ThreadScope = RemoteMessageId | null;

export interface ThreadAbility {
  /**
   * Emits older answers of a thread with origin `history`. Null cursor: the newest ones. The message that began it comes
   * by `HistoryAbility.loadMessage`.
   */
  loadOlder(conversationId: RemoteConversationId, root: RemoteMessageId, cursor: string | null, limit: number): Promise<HistoryPage>;
}
