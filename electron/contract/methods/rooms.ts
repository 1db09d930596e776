import type { NotifyLevel, RoomListing, RoomPowers, RoomRank } from '#model';
import type { AccountId } from '../networks.ts';
import type { AddressId, ConversationId, MessageId } from '../rows.ts';

/** Somebody of a room, as the interface shows them. */
export interface RoomMemberRow {
  /** Null: known by address only (not here now, banned). */
  readonly id: AddressId | null;
  readonly address: string | null;
  readonly name: string;
  readonly rank: RoomRank;
  readonly hasVoice: boolean;
  readonly isModerator: boolean;
  readonly isPresent: boolean;
  readonly isSelf: boolean;
  /** Titles the room gives. */
  readonly titles: readonly string[];
  /** Waits for somebody who may give the voice. */
  readonly asksForVoice?: boolean | undefined;
  readonly reason: string | null;
}

/** Whom a change is about: somebody who was listed, or an address. */
export type RoomTarget = { readonly memberId: AddressId } | { readonly address: string };

type Room = { readonly id: ConversationId };
type Done = { readonly isDone: true };

/** Rooms beyond joining and talking. `unsupported` where the network has no such thing. */
export interface RoomMethods {
  /** Errors: `conflict` with `detail` `alias-taken`. */
  'rooms.create': (input: {
    readonly accountId: AccountId;
    readonly name: string;
    readonly alias: string | null;
    readonly isPublic: boolean;
    readonly isMembersOnly: boolean;
    readonly service: string | null;
    readonly invite: readonly string[];
  }) => Room;
  /**
   * Errors: `forbidden` with `detail` `password-required`, or `knocked` when we asked to be let in (again, with `words`
   * for those who decide); `conflict` with `detail` `nickname-taken`.
   */
  'rooms.join': (input: {
    readonly accountId: AccountId;
    readonly address: string;
    readonly password: string | null;
    readonly nickname: string | null;
    readonly words?: string | undefined;
  }) => Room;
  /** Enters a room of the list: an invitation, one that was left, one that wants a password. Errors as `rooms.join`. */
  'rooms.enter': (input: Room & { readonly password: string | null; readonly nickname: string | null }) => Done;
  /** Rooms of a service (null: the account's own) that match; empty text lists what it shows. */
  'rooms.search': (input: {
    readonly accountId: AccountId;
    readonly text: string;
    readonly service: string | null;
    readonly next: string | null;
  }) => { readonly rooms: readonly RoomListing[]; readonly next: string | null };
  /** What we may do in it now. */
  'rooms.powers': (input: Room) => RoomPowers;
  'rooms.members': (input: Room & { readonly includeBanned: boolean }) => { readonly members: readonly RoomMemberRow[] };
  'rooms.setTopic': (input: Room & { readonly topic: string }) => Done;
  'rooms.rename': (input: Room & { readonly name: string }) => Done;
  'rooms.setNickname': (input: Room & { readonly nickname: string }) => Done;
  /** Null takes the picture away. At most 64 KiB after scaling. */
  'rooms.setAvatar': (input: Room & { readonly image: { readonly mime: string; readonly base64: string } | null }) => Done;
  'rooms.invite': (input: Room & { readonly address: string; readonly reason: string }) => Done;
  'rooms.kick': (input: Room & { readonly memberId: AddressId; readonly reason: string }) => Done;
  'rooms.setVoice': (input: Room & { readonly memberId: AddressId; readonly hasVoice: boolean }) => Done;
  /** Asks those who keep the room to let us speak. */
  'rooms.askVoice': (input: Room) => Done;
  /** Decides about a member who `asksForVoice`. */
  'rooms.answerVoice': (input: Room & { readonly memberId: AddressId; readonly isAllowed: boolean }) => Done;
  /** `banned` bans; any other rank of a banned one lifts the ban. */
  'rooms.setRank': (input: Room & { readonly who: RoomTarget; readonly rank: RoomRank; readonly reason: string }) => Done;
  'rooms.destroy': (input: Room & { readonly reason: string }) => Done;
  /** Takes somebody else's message away for all. */
  'rooms.moderate': (input: { readonly messageId: MessageId; readonly reason: string }) => Done;

  /** Which messages of it ask for attention; kept at the network too where it can. */
  'conversations.setNotify': (input: Room & { readonly level: NotifyLevel }) => { readonly level: NotifyLevel };
  /** Keeps it at the top of the list. */
  'conversations.setPinned': (input: Room & { readonly isPinned: boolean }) => { readonly isPinned: boolean };
}
