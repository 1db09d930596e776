import type { RemoteMessage } from '#model';
import type { MessageId } from '#rpc';
import { threads, type ThreadRecord } from '../../store/repositories/threads.ts';
import type { Batch } from '../batch.ts';
import type { ConversationState } from '../conversation-state.ts';
import { checkName } from '../event-checks.ts';

/** Puts an answer into its thread; the message that began it looks different then. Null: it stands in none. */
export function joinThread(batch: Batch, state: ConversationState, id: MessageId, message: RemoteMessage): ThreadRecord | null {
  if (message.threadRootId === undefined) return null;
  checkName(message.threadRootId, 'threadRootId');
  // A message that names itself began the thread: it is no answer.
  if (message.threadRootId === message.remoteId) return null;
  const thread = threads.ensure(batch.db, state.id, message.threadRootId);
  if (threads.addAnswer(batch.db, thread.id, id)) noteRoot(batch, state, thread);
  return thread;
}

export function noteRoot(batch: Batch, state: ConversationState, thread: ThreadRecord): void {
  const root = threads.rootOf(batch.db, thread);
  if (root !== null) batch.changes.messagesOf(state.id).ids.add(root);
}

/** We read a thread, here or on another device: its answers count no more, in the conversation either. */
export function readThread(batch: Batch, state: ConversationState, thread: ThreadRecord, sortKey: number): void {
  const fewer = threads.markRead(batch.db, thread, sortKey);
  if (fewer > 0 && !state.isCountedRemotely) state.unreadCount = Math.max(0, state.unreadCount - fewer);
  noteRoot(batch, state, thread);
  batch.touch(state);
}
