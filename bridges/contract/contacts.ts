/** People beyond a conversation with them: the address book of a network, profiles, blocking, our own presence. */
import type { Presence, RemoteAvatar, RemotePersonId } from './model.ts';

/** How far the two see each other's presence; `asked`: we asked and they did not decide. */
export type ContactBond = 'none' | 'asked' | 'sees-us' | 'we-see' | 'mutual';

/** An entry of the network's own contact list. */
export interface RemoteContact {
  readonly personId: RemotePersonId;
  readonly name: string | null;
  readonly groups: readonly string[];
  readonly bond: ContactBond;
}

/** A business card, in words every network shares. Unknown parts are left out, hostile ones cut. */
export interface RemoteProfile {
  readonly fullName: string | null;
  readonly nickname: string | null;
  readonly organization: string | null;
  readonly role: string | null;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly urls: readonly string[];
  readonly address: string | null;
  readonly birthday: string | null;
  readonly note: string | null;
  readonly avatar?: RemoteAvatar | undefined;
}

export const emptyProfile: RemoteProfile = {
  fullName: null,
  nickname: null,
  organization: null,
  role: null,
  emails: [],
  phones: [],
  urls: [],
  address: null,
  birthday: null,
  note: null,
};

/** Which parts of a profile others may see. */
export type ProfileVisibility = 'everybody' | 'contacts';

export interface ContactAbility {
  /** Adds or changes the entry; asks to see their presence when `asksPresence`. */
  save(address: string, entry: { readonly name: string | null; readonly groups: readonly string[] }, asksPresence: boolean): Promise<RemotePersonId>;
  remove(personId: RemotePersonId): Promise<void>;
  /** Whether they ask to see our presence and wait for the answer. */
  asksUs?(personId: RemotePersonId): boolean;
  /** Lets them see our presence, or takes that back. */
  setSeesUs(personId: RemotePersonId, seesUs: boolean): Promise<void>;
}

export interface ProfileAbility {
  /** Parts that this network knows, for everybody to see; absent: all of them, and who may see them can be chosen. */
  readonly fields?: readonly (keyof RemoteProfile)[] | undefined;
  /** Null: they show nobody (a refusal is an answer, not an error). */
  load(personId: RemotePersonId, signal: AbortSignal): Promise<RemoteProfile | null>;
  own(signal: AbortSignal): Promise<RemoteProfile>;
  setOwn(profile: RemoteProfile, visibility: ProfileVisibility): Promise<void>;
  /** Null removes it. At most 64 KiB after scaling, which the caller did. */
  setOwnAvatar(image: { readonly mime: string; readonly bytes: Uint8Array; readonly widthPx: number; readonly heightPx: number } | null): Promise<void>;
  /** When they were last here; null: not told. */
  lastActivity?(personId: RemotePersonId, signal: AbortSignal): Promise<{ readonly atMs: number; readonly statusText: string } | null>;
}

export type ReportReason = 'spam' | 'abuse';

export interface BlockAbility {
  block(address: string, report: { readonly reason: ReportReason; readonly text: string } | null): Promise<void>;
  unblock(address: string): Promise<void>;
}

export interface OwnPresenceAbility {
  /** `offline` is "invisible as far as the network can"; the connection stays. */
  setPresence(presence: Exclude<Presence, 'unknown'>, statusText: string): Promise<void>;
  /** The person left the desk, or came back (null). Shown as idle since then where the network can. */
  setIdle(sinceMs: number | null): Promise<void>;
}
