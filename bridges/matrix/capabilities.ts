/** What a room allows, from its power levels, its encryption and the limits of the server. */
import { noCapabilities, type ConversationCapabilities } from '#model';
import { narrow } from './bridged/room-limits.ts';
import type { RoomAbilities } from './worker/protocol.ts';

/** The protocol's limit for an event is 65,536 bytes; this leaves room for four-byte signs and the rest of it. */
const maxTextLength = 15_000;

const withoutSending = { ...noCapabilities, canLoadOlder: true, showsRead: true, filesFromOwnServer: true };

/** `abilities` undefined: a room we have heard nothing of yet. */
export const readCapabilities = (
  abilities: RoomAbilities | undefined,
  maxFileBytes: number | null,
): ConversationCapabilities => {
  if (abilities === undefined) return noCapabilities;
  if (!abilities.isJoined) return { ...noCapabilities, sendBlockedBy: 'not-joined' };
  // Deleting says nothing, so it stays possible where we cannot encrypt.
  const canDelete = abilities.canRedact;
  const moderation = abilities.powers.canModerate ? { canModerate: true } : {};
  if (!abilities.canSend) return { ...withoutSending, canDelete, canReact: abilities.canReact, ...moderation, sendBlockedBy: abilities.hasMoved === true ? 'moved' : 'read-only' };
  const usual: ConversationCapabilities = {
    canSend: true,
    canReply: true,
    canReact: abilities.canReact,
    canEdit: true,
    canDelete,
    canSendFiles: true,
    ...(maxFileBytes === null ? {} : { maxFileBytes }),
    maxTextLength,
    showsDelivery: false,
    showsRead: true,
    showsTyping: true,
    canLoadOlder: true,
    filesFromOwnServer: true,
    canThread: true,
    canPin: abilities.canPin,
    canVote: abilities.canVote,
    canMakePolls: abilities.canMakePolls,
    ...(abilities.isEncrypted ? { encrypts: true } : {}),
    ...moderation,
  };
  return narrow(usual, abilities.limits);
};
