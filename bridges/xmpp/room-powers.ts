import type { RoomPowers, RoomRank } from '#bridge';
import type { RoomRole } from './extensions/0045-multi-user-chat.ts';
import type { RoomAbout } from './room-about.ts';

/** What rank and role allow (XEP-0045 sections 5.1 and 5.2). The room has the last word. */
export function powersOf(rank: RoomRank, role: RoomRole, about: RoomAbout): RoomPowers {
  const isOwner = rank === 'owner';
  const isAdmin = isOwner || rank === 'admin';
  const isModerator = role === 'moderator';
  return {
    ownRank: rank,
    canSetTopic: isModerator || (about.hasOpenTopic && role === 'participant'),
    canRename: isOwner,
    canInvite: isAdmin || !about.isMembersOnly,
    canKick: isModerator,
    canBan: isAdmin,
    canSetVoice: isModerator,
    canSetRank: isAdmin,
    canConfigure: isOwner,
    canDestroy: isOwner,
    canModerate: isModerator && about.moderation !== null,
    canSetAvatar: isOwner && about.hasAvatars,
    canRegister: about.canRegister,
  };
}
