import { noCapabilities, type ConversationCapabilities, type ReactionLimits } from '#model';

export interface CapabilityFacts {
  readonly isRoom: boolean;
  readonly isJoined: boolean;
  readonly isEncrypted: boolean;
  readonly hasArchive: boolean;
  readonly maxUploadBytes: number | undefined;
  /** Only members enter the room. */
  readonly isClosed?: boolean | undefined;
  readonly canModerate?: boolean | undefined;
  /** We are in the room and may only read. */
  readonly isVoiceless?: boolean | undefined;
  readonly reactionLimits?: ReactionLimits | undefined;
}

/** Servers usually take stanzas up to 256 KiB; a character may need six bytes on the wire. */
const maxTextLength = 40_000;

/** What a conversation over XMPP allows. Reactions, corrections and retractions are shown by most clients, not by all. */
export function capabilitiesOf(facts: CapabilityFacts): ConversationCapabilities {
  const { isRoom, isJoined, isEncrypted, hasArchive, maxUploadBytes, reactionLimits } = facts;
  if (isRoom && !isJoined) return { ...noCapabilities, canLoadOlder: hasArchive, sendBlockedBy: 'not-joined' };
  if (facts.isVoiceless === true) {
    return { ...noCapabilities, canLoadOlder: hasArchive, showsTyping: true, sendBlockedBy: 'read-only', canAskVoice: true };
  }
  const canWrite = !isEncrypted;
  return {
    canSend: canWrite,
    sendBlockedBy: isEncrypted ? 'encrypted' : undefined,
    canAllowPlain: isEncrypted,
    canReply: canWrite,
    canReact: canWrite,
    canEdit: canWrite,
    canDelete: canWrite,
    canSendFiles: canWrite,
    maxFileBytes: maxUploadBytes,
    maxTextLength,
    showsDelivery: !isRoom,
    showsRead: !isRoom || facts.isClosed === true,
    showsTyping: true,
    canLoadOlder: hasArchive,
    reactionLimits,
    canHide: canWrite,
    canExpire: canWrite,
    // XEP-0402, 0469 and 0492 know rooms only.
    hasLocalSettings: !isRoom,
    ...(facts.canModerate === true ? { canModerate: true } : {}),
  };
}
