import type { WritableDb } from '../store/database.ts';
import { messageHints } from '../store/repositories/message-hints.ts';
import { messages } from '../store/repositories/messages.ts';
import { change } from '../store/statements.ts';
import { runDurably } from '../store/transaction.ts';
import { emptyMessage } from './change-message.ts';
import { ChangeSet } from './change-set.ts';
import { getConversationState, refreshLastMessage } from './conversation-state.ts';

const mostAtOnce = 500;

/**
 * Starts the time of timed messages that were read, and empties those whose time is over: text, index, files and
 * former versions go, the row stays and says so. Null: nothing changed.
 */
export const expireMessages = (db: WritableDb, nowMs: number): ChangeSet | null => {
  const hasWork = messageHints.hasUnstarted(db) || messageHints.expired(db, nowMs, 1).length > 0;
  if (!hasWork) return null;
  const changes = new ChangeSet();
  runDurably(db, () => {
    const started = messageHints.startTimers(db, nowMs);
    const over = messageHints.expired(db, nowMs, mostAtOnce);
    for (const id of over) {
      changes.removedFileNames.push(...emptyMessage(db, id, nowMs));
      // Answers carry a piece of it along.
      change(db, `UPDATE message_replies SET excerpt = '' WHERE target_id = ?`, id);
    }
    for (const id of [...started, ...over]) {
      const message = messages.get(db, id);
      if (message !== null) changes.messagesOf(message.conversationId).ids.add(id);
    }
    if (over.length === 0) return;
    for (const conversationId of changes.conversationIds) {
      if (getConversationState(db, conversationId) !== null) refreshLastMessage(db, conversationId);
    }
  });
  return changes.messages.size === 0 ? null : changes;
};
