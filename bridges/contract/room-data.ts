/** What rooms are described with, on both sides of the engine. */
import type { NetworkId } from './ids.ts';

/** What a system line of a room tells, so that each language has its own words for it. Names and reasons are hostile text. */
export interface RoomHappening {
  readonly kind: 'kicked' | 'banned' | 'removed' | 'closed' | 'moderated' | 'asks-voice';
  readonly isSelf: boolean;
  readonly name?: string | undefined;
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  /** Of a closed room: where it goes on. */
  readonly alternative?: string | undefined;
}

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
  /** The room keeps a list of who belongs to it, and takes people into it by a form. */
  readonly canRegister?: boolean | undefined;
  /** Ranks that people can be given here; absent: all. */
  readonly ranks?: readonly RoomRank[] | undefined;
}

/** A room that we are not in. */
export const nothingAllowed: RoomPowers = {
  ownRank: 'none',
  canSetTopic: false,
  canRename: false,
  canInvite: false,
  canKick: false,
  canBan: false,
  canSetVoice: false,
  canSetRank: false,
  canConfigure: false,
  canDestroy: false,
  canModerate: false,
  canSetAvatar: false,
};

export interface RoomListing {
  readonly address: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly memberCount: number | null;
  readonly isPasswordProtected: boolean;
  readonly isMembersOnly: boolean;
  readonly network?: NetworkId | undefined;
}
