import type { Discovered } from './extensions/0030-service-discovery.ts';
import { moderationOf, type ModerationVersion } from './extensions/0425-moderation.ts';
import { hasAvatars, readAvatarHash } from './extensions/0486-room-avatars.ts';
import { ns } from './namespaces.ts';

/** What a room says of itself (XEP-0045 section 6.4). */
export interface RoomAbout {
  readonly exists: boolean;
  readonly hasArchive: boolean;
  readonly title: string | null;
  readonly description: string | null;
  readonly memberCount: number | null;
  readonly isMembersOnly: boolean;
  readonly isPasswordProtected: boolean;
  /** Said by the room: whoever is in it may speak. Some then let people without a voice speak, too. */
  readonly isUnmoderated: boolean;
  /** Everybody with a voice may set the topic. */
  readonly hasOpenTopic: boolean;
  readonly moderation: ModerationVersion | null;
  /** The room vouches for who is who (XEP-0421). */
  readonly hasOccupantIds: boolean;
  /** It gives titles (XEP-0317), and takes out those that people give themselves. */
  readonly hasTitles: boolean;
  readonly hasAvatars: boolean;
  readonly canRegister: boolean;
  readonly avatarHash: string | null;
}

export const unknownRoom: RoomAbout = {
  exists: false,
  hasArchive: false,
  title: null,
  description: null,
  memberCount: null,
  isMembersOnly: false,
  isPasswordProtected: false,
  isUnmoderated: false,
  hasOpenTopic: false,
  moderation: null,
  hasOccupantIds: false,
  hasTitles: false,
  hasAvatars: false,
  canRegister: false,
  avatarHash: null,
};

const longestTitle = 500;
const longestDescription = 2_000;

export function readRoomAbout({ identities, features, fields }: Discovered): RoomAbout {
  const title = identities.find(({ category }) => category === 'conference')?.name?.slice(0, longestTitle) ?? '';
  const description = fields.get('muc#roominfo_description')?.slice(0, longestDescription) ?? '';
  const occupants = Number(fields.get('muc#roominfo_occupants') ?? 'none');
  return {
    exists: identities.length > 0,
    hasArchive: features.has(ns.archive),
    title: title === '' ? null : title,
    description: description === '' ? null : description,
    memberCount: Number.isSafeInteger(occupants) && occupants >= 0 ? occupants : null,
    isMembersOnly: features.has('muc_membersonly'),
    isPasswordProtected: features.has('muc_passwordprotected'),
    isUnmoderated: features.has('muc_unmoderated'),
    hasOpenTopic: ['1', 'true'].includes(fields.get('muc#roominfo_subjectmod') ?? fields.get('muc#roominfo_changesubject') ?? ''),
    moderation: moderationOf(features),
    hasOccupantIds: features.has(ns.occupantId),
    hasTitles: features.has(ns.hats),
    hasAvatars: hasAvatars(features),
    canRegister: features.has(ns.register),
    avatarHash: readAvatarHash(fields),
  };
}

/** A room that people can be in, and not a person behind a gateway. */
export const isRoom = ({ identities }: Discovered): boolean => identities.some(({ category }) => category === 'conference');
