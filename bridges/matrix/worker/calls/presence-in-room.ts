/** Read receipts and typing: small signs that we are there. */
import type { MessageTarget } from '#bridge';
import type { AccountContext } from '../account-context.ts';

/** Moves the marker our own devices share, and the receipt: one that others see, or one that only the server does. */
export const markRead = async (context: AccountContext, target: MessageTarget, isShared: boolean): Promise<void> => {
  const receipt = isShared ? 'm.read' : 'm.read.private';
  const body = { 'm.fully_read': target.remoteId, [receipt]: target.remoteId };
  await context.api.post(['rooms', target.conversationId, 'read_markers'], { body });
};

/** The server forgets a typist after this long without news. */
const typingTimeoutMs = 30_000;

/** Never throws: typing is not worth a retry. */
export const setTyping = async (context: AccountContext, roomId: string, isTyping: boolean): Promise<void> => {
  const body = isTyping ? { typing: true, timeout: typingTimeoutMs } : { typing: false };
  await context.api.put(['rooms', roomId, 'typing', context.selfId], { body }).catch(() => undefined);
};
