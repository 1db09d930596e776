import type { Json } from '#bridge';
import type { RoomInvitation } from './extensions/0249-direct-invitations.ts';
import type { NamelessMessage } from './nameless-messages.ts';
import type { SavedRequests } from './requests.ts';
import type { Contact } from './roster.ts';
import type { StreamState } from './stream/stream-engine.ts';

/** A room to be in, and how much of it is stored. */
export type RoomState = { readonly nick: string; readonly newestId: string | null; readonly newestAtMs: number | null };

export type ArchiveState = {
  /** The newest archived message up to which nothing is missing; null while the archive was empty. */
  readonly newestId: string | null;
  /** Its time, or when the archive was found empty; null before the first sync. */
  readonly newestAtMs: number | null;
  /** The first sync reads backwards; here it goes on after an interruption. */
  readonly backfill: { readonly before: string; readonly left: number } | null;
};

/** Everything this bridge saves with its events; plain JSON. */
export type XmppState = {
  readonly version: 1;
  /** Kept, so that a new session replaces an old one of ours instead of standing beside it. */
  readonly resource: string;
  readonly stream: StreamState | null;
  readonly archive: ArchiveState;
  readonly rooms: Readonly<Record<string, RoomState>>;
  /** Conversations whose last message was encrypted: they are not answered in clear. */
  readonly encrypted: readonly string[];
  /** The last messages that came without any id, so that their copies are known. */
  readonly nameless: readonly NamelessMessage[];
  /** What extensions keep, by their names. */
  readonly extensions: Readonly<Record<string, Json>>;
  /** The contact list as of this state; null when it has to be asked for again. */
  readonly roster: readonly Contact[] | null;
  readonly rosterVersion: string | null;
  /** Who waits for our decision. */
  readonly requests: SavedRequests;
  /** What we were asked to join and did not decide; without passwords. */
  readonly invitations: readonly RoomInvitation[];
};

export const freshState = (resource: string): XmppState => ({
  version: 1,
  resource,
  stream: null,
  archive: { newestId: null, newestAtMs: null, backfill: null },
  rooms: {},
  encrypted: [],
  nameless: [],
  extensions: {},
  roster: null,
  rosterVersion: null,
  requests: {},
  invitations: [],
});

/** What was saved by us; a state that this version does not know is not guessed at. */
export function readState(saved: Json | null, resource: string): XmppState {
  if (saved === null || typeof saved !== 'object' || Array.isArray(saved)) return freshState(resource);
  const isOurs = 'version' in saved && saved.version === 1;
  return isOurs ? { ...freshState(resource), ...(saved as Partial<XmppState>) } : freshState(resource);
}
