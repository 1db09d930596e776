/** What rooms are described with, on both sides of the engine. */
import type { NetworkId } from './ids.ts';

/** What somebody is in a room for good. `banned` people are not participants; they are only listed on request. */
export type RoomRank = 'owner' | 'admin' | 'member' | 'none' | 'banned';

/** What we may do in a room now, given our own rank; the interface offers nothing else. */
export interface RoomPowers {
  readonly ownRank: RoomRank;
  readonly canSetTopic: boolean;
  readonly canRename: boolean;
  readonly canInvite: boolean;
  readonly canKick: boolean;
  readonly canBan: boolean;
  readonly canSetVoice: boolean;
  readonly canSetRank: boolean;
  readonly canConfigure: boolean;
  readonly canDestroy: boolean;
  readonly canModerate: boolean;
  readonly canSetAvatar: boolean;
}

export interface RoomListing {
  readonly address: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly memberCount: number | null;
  readonly isPasswordProtected: boolean;
  readonly isMembersOnly: boolean;
  readonly network?: NetworkId | undefined;
}
