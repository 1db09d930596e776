import type { BridgeSession } from '#bridge';
import { noCapabilities, type ConversationCapabilities } from '#model';
import type { ConversationRecord } from '../store/repositories/conversations.ts';

/**
 * What a conversation allows now. Without a session (locked, switched off) writing and voting stay possible: they
 * wait. An encrypted conversation is not answered in clear, unless the bridge encrypts or a person said so.
 */
export const capabilitiesOf = (
  conversation: ConversationRecord,
  session: BridgeSession | null,
  isPlainAllowed = false,
): ConversationCapabilities => {
  const told = session === null ? offlineCapabilities : askBridge(session, conversation);
  if (conversation.security === 'encrypted' && told.encrypts !== true && !isPlainAllowed) {
    return { ...told, ...blocked('encrypted'), canAllowPlain: session?.plainText !== undefined };
  }
  if (conversation.isBlocked) return { ...told, ...blocked('blocked') };
  if (conversation.membership !== 'joined') return { ...told, ...blocked('not-joined') };
  return told;
};

const offlineCapabilities: ConversationCapabilities = { ...noCapabilities, canSend: true, canReply: true, canVote: true };

const blocked = (by: NonNullable<ConversationCapabilities['sendBlockedBy']>): Partial<ConversationCapabilities> => ({
  canSend: false,
  sendBlockedBy: by,
  canReply: false,
  canSendFiles: false,
});

const askBridge = (session: BridgeSession, conversation: ConversationRecord): ConversationCapabilities => {
  try {
    return session.capabilities(conversation.remoteId);
  } catch {
    return noCapabilities;
  }
};
