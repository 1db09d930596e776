/** Rooms beyond joining and talking. Ranks and powers are the same for every network; a bridge maps its own. */
import type { NotifyLevel, RemoteConversationId, RemoteMessageId, RemotePersonId } from './model.ts';
import type { RoomListing, RoomPowers, RoomRank } from './room-data.ts';
import type { MessageTarget } from './bridge.ts';

export interface RoomMember {
  /** Null: known by address only (offline member, banned). */
  readonly personId: RemotePersonId | null;
  readonly address: string | null;
  readonly name: string;
  readonly rank: RoomRank;
  /** May speak now; false in a moderated room without voice. */
  readonly hasVoice: boolean;
  readonly isModerator: boolean;
  readonly isPresent: boolean;
  readonly isSelf: boolean;
  /** Titles the room gives (XEP-0317 hats). */
  readonly titles: readonly string[];
  /** Waits for somebody who may give the voice. */
  readonly asksForVoice?: boolean | undefined;
  readonly reason?: string | undefined;
}

export interface JoinOptions {
  readonly password?: string | undefined;
  readonly nickname?: string | undefined;
  /** For those who decide, where the room has to let us in. */
  readonly words?: string | undefined;
}

export interface NewRoom {
  readonly name: string;
  /** Part before the server; absent: made from the name, unguessable when not public. */
  readonly alias?: string | undefined;
  readonly isPublic: boolean;
  readonly isMembersOnly: boolean;
  /** A place for rooms; absent: the account's own. */
  readonly service?: string | undefined;
  readonly invite: readonly string[];
}

export interface RoomAbility {
  /** @throws BridgeError `conflict` when the alias is taken, `forbidden`, `unsupported` */
  create(room: NewRoom): Promise<RemoteConversationId>;
  /** `password-required` and `nickname-taken` come as `forbidden` and `conflict` with that `detail`. */
  join(address: string, options: JoinOptions): Promise<RemoteConversationId>;
  /** Enters a room that is in the list already: an invitation, one that was left, one that wants a password. */
  enter?(id: RemoteConversationId, options: JoinOptions): Promise<void>;
  /** Rooms that match; empty text lists what a service shows. `next` continues. */
  search(text: string, service: string | null, next: string | null, signal: AbortSignal): Promise<{ readonly rooms: readonly RoomListing[]; readonly next: string | null }>;
  /** Everybody, present or not, as far as we may ask; `includeBanned` needs the right to see the list. */
  members(id: RemoteConversationId, includeBanned: boolean): Promise<readonly RoomMember[]>;
  powers(id: RemoteConversationId): RoomPowers;
  setTopic(id: RemoteConversationId, topic: string): Promise<void>;
  rename(id: RemoteConversationId, name: string): Promise<void>;
  setNickname(id: RemoteConversationId, nickname: string): Promise<void>;
  setAvatar(id: RemoteConversationId, image: { readonly mime: string; readonly bytes: Uint8Array } | null): Promise<void>;
  invite(id: RemoteConversationId, address: string, reason: string): Promise<void>;
  kick(id: RemoteConversationId, personId: RemotePersonId, reason: string): Promise<void>;
  setVoice(id: RemoteConversationId, personId: RemotePersonId, hasVoice: boolean): Promise<void>;
  /** Asks those who keep the room to let us speak; whether they do is told by what the conversation allows. */
  askVoice?(id: RemoteConversationId): Promise<void>;
  /** Decides about somebody who asks. @throws BridgeError `not-found` when they do not, or not any more */
  answerVoice?(id: RemoteConversationId, personId: RemotePersonId, isAllowed: boolean): Promise<void>;
  /** By person or by address; `banned` bans, `none` of a banned one lifts the ban. */
  setRank(id: RemoteConversationId, who: { readonly personId?: RemotePersonId; readonly address?: string }, rank: RoomRank, reason: string): Promise<void>;
  /** Takes somebody else's message away for all (XEP-0425). */
  moderate(target: MessageTarget, reason: string): Promise<void>;
  destroy(id: RemoteConversationId, reason: string): Promise<void>;
  /** Also kept at the network (XEP-0492). */
  setNotify?(id: RemoteConversationId, level: NotifyLevel): Promise<void>;
  /** Keeps the conversation at the top of the list, on all devices where the network can (XEP-0469). */
  setPinned?(id: RemoteConversationId, isPinned: boolean): Promise<void>;
}

/** Messages that a room holds up for all to see. */
export interface PinAbility {
  pin(target: MessageTarget): Promise<void>;
  unpin(target: MessageTarget): Promise<void>;
  pinned(id: RemoteConversationId): Promise<readonly RemoteMessageId[]>;
}
