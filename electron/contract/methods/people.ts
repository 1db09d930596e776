import type { ContactBond, Presence, ProfileCard, ProfileVisibility, ReportReason } from '../people.ts';
import type { AccountId, NetworkId } from '../networks.ts';
import type { AddressId, ConversationId } from '../rows.ts';

/** An entry of a network's contact list, with what is known of the person now. */
export interface ContactRow {
  readonly addressId: AddressId;
  readonly accountId: AccountId;
  readonly network: NetworkId;
  readonly handle: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly bond: ContactBond;
  readonly presence: Presence;
  readonly statusText: string | null;
  readonly idleSinceMs: number | null;
  /** `/avatars/<id>` serves it. */
  readonly avatarId: number | null;
  /** The conversation with them, if there is one. */
  readonly conversationId: ConversationId | null;
  readonly isBlocked: boolean;
}

/** What the network says of a person, asked for when somebody looks. */
export interface PersonCard {
  readonly addressId: AddressId;
  readonly accountId: AccountId;
  readonly handle: string;
  /** Null: they show nobody, or the network has no profiles. */
  readonly profile: ProfileCard | null;
  readonly lastSeen: { readonly atMs: number; readonly statusText: string } | null;
  readonly contact: ContactRow | null;
  /** False: whoever is known through a gateway's room has no address of their own there. */
  readonly canBeAdded: boolean;
  /** They asked to see when we are there, and wait. */
  readonly asksUs: boolean;
  readonly isBlocked: boolean;
}

export interface BlockedRow {
  readonly address: string;
  /** The name we know them by; null: none, or a whole server. */
  readonly name: string | null;
}

/** An image the page scaled, as base64. */
export interface OwnAvatarImage {
  readonly mime: 'image/png' | 'image/jpeg';
  readonly base64: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Contacts, profiles, blocking, and our own presence. */
export interface PeopleMethods {
  /** Of all accounts, by name. */
  'people.contacts': (input: Record<string, never>) => readonly ContactRow[];
  /** Adds or changes an entry; with `asksPresence` the person is asked whether we may see when they are there. */
  'people.saveContact': (input: {
    readonly accountId: AccountId;
    readonly address: string;
    readonly name: string | null;
    readonly groups: readonly string[];
    readonly asksPresence: boolean;
  }) => { readonly isSaved: true };
  'people.removeContact': (input: { readonly addressId: AddressId }) => { readonly isRemoved: true };
  'people.setSeesUs': (input: { readonly addressId: AddressId; readonly seesUs: boolean }) => { readonly isSet: true };
  /** What is known of the person beside messages; asks the network. */
  'people.card': (input: { readonly addressId: AddressId }) => PersonCard;
  'people.ownProfile': (input: { readonly accountId: AccountId }) => {
    readonly profile: ProfileCard;
    readonly avatarId: number | null;
    /** Parts that this network has, for everybody to see; absent: all, and who may see them is chosen. */
    readonly fields?: readonly string[] | undefined;
  };
  'people.setOwnProfile': (input: {
    readonly accountId: AccountId;
    readonly profile: ProfileCard;
    readonly visibility: ProfileVisibility;
  }) => { readonly isSaved: true };
  /** Null takes the picture away. */
  'people.setOwnAvatar': (input: { readonly accountId: AccountId; readonly image: OwnAvatarImage | null }) => { readonly isSaved: true };
  'people.blocked': (input: { readonly accountId: AccountId }) => readonly BlockedRow[];
  /** An address or a whole server. `report` tells the server why, where it listens. */
  'people.block': (input: {
    readonly accountId: AccountId;
    readonly address: string;
    readonly report: { readonly reason: ReportReason; readonly text: string } | null;
  }) => { readonly isBlocked: true };
  'people.unblock': (input: { readonly accountId: AccountId; readonly address: string }) => { readonly isBlocked: false };
  /** How many people wait for a decision. */
  'people.requests': (input: Record<string, never>) => { readonly count: number };
  /** The person left the desk at that time, or is back (null). */
  'people.setIdle': (input: { readonly sinceMs: number | null }) => { readonly isSet: true };
}
