/** Read receipts and typing: small signs that we are there. */
import type { MessageTarget, ThreadScope } from '#bridge';
import type { AccountContext } from '../account-context.ts';

/**
 * Moves the marker our own devices share, and the receipt: one that others see, or one that only the server does.
 * @see https://spec.matrix.org/v1.16/client-server-api/#threaded-read-receipts
 */
export const markRead = async (context: AccountContext, target: MessageTarget, isShared: boolean, within?: ThreadScope): Promise<void> => {
  const { conversationId: roomId, remoteId } = target;
  const receipt = isShared ? 'm.read' : 'm.read.private';
  if (within === undefined) {
    await context.api.post(['rooms', roomId, 'read_markers'], { body: { 'm.fully_read': remoteId, [receipt]: remoteId } });
    return;
  }
  // The message that began a thread stands outside of it.
  const thread = within === null || within === remoteId ? 'main' : within;
  await context.api.post(['rooms', roomId, 'receipt', receipt, remoteId], { body: { thread_id: thread } });
  if (within === null) await context.api.post(['rooms', roomId, 'read_markers'], { body: { 'm.fully_read': remoteId } });
};

/** The server forgets a typist after this long without news. */
const typingTimeoutMs = 30_000;

/** Never throws: typing is not worth a retry. */
export const setTyping = async (context: AccountContext, roomId: string, isTyping: boolean): Promise<void> => {
  const body = isTyping ? { typing: true, timeout: typingTimeoutMs } : { typing: false };
  await context.api.put(['rooms', roomId, 'typing', context.selfId], { body }).catch(() => undefined);
};
