import { BridgeError, type RoomRank } from '#bridge';
import type { RoomRole } from './extensions/0045-multi-user-chat.ts';
import type { Hat, HatForm } from './extensions/0317-hats.ts';
import { unknownRoom, type RoomAbout } from './room-about.ts';
import { RoomAuthorship } from './room-authorship.ts';
import { RoomOccupants } from './room-occupants.ts';
import type { StanzaError } from './stream/stanza-error.ts';

const answerDeadlineMs = 20_000;

/** A room we are in, want to be in, or were in until the session was lost. */
export interface Room {
  nick: string;
  isJoined: boolean;
  /** Put out for good; not to be entered again by itself. */
  isExpelled: boolean;
  isCaughtUp: boolean;
  /** The room did not exist before us. */
  isNew: boolean;
  ownOccupantId: string | null;
  own: { readonly rank: RoomRank; readonly role: RoomRole; readonly hats: readonly Hat[] };
  /** Of the presence we entered with last; null before. */
  entryId: string | null;
  /** Nobody here gives themselves a title in these. */
  keptHatForms: ReadonlySet<HatForm>;
  readonly occupants: RoomOccupants;
  readonly authorship: RoomAuthorship;
  about: RoomAbout;
  attempts: number;
  options: EnterOptions;
  heardAtMs: number;
  joining: PromiseWithResolvers<void> | null;
  renaming: PromiseWithResolvers<void> | null;
}

export interface EnterOptions {
  readonly password?: string | null | undefined;
  /** A taken nickname is for the person to change; else another is tried. */
  readonly keepsNick?: boolean | undefined;
  /** A new room stays locked until somebody configures it. */
  readonly keepsLocked?: boolean | undefined;
}

const nobody: Room['own'] = { rank: 'none', role: 'none', hats: [] };

/** One that we are about to enter for the first time. */
export const newRoom = (nick: string, options: EnterOptions, heardAtMs: number): Room => ({
  nick,
  isJoined: false,
  isExpelled: false,
  isCaughtUp: false,
  isNew: false,
  ownOccupantId: null,
  own: nobody,
  entryId: null,
  keptHatForms: new Set(),
  occupants: new RoomOccupants(),
  authorship: new RoomAuthorship(),
  about: unknownRoom,
  attempts: 0,
  options,
  heardAtMs,
  joining: null,
  renaming: null,
});

/** Our own presence comes from the room alone: an id in it is the room's. */
export const hasOccupantIds = (room: Room): boolean => room.about.hasOccupantIds || room.ownOccupantId !== null;

/** Titles in these are the room's: it said so, or has shown it. A gateway writes all presence itself. */
export const trustedForms = ({ about, keptHatForms }: Room, isBehindGateway: boolean): ReadonlySet<HatForm> =>
  isBehindGateway ? new Set(['current', 'old']) : about.hasTitles ? new Set([...keptHatForms, 'current']) : keptHatForms;

/** We are not in it any more, for whatever reason. */
export function takeOut(room: Room): void {
  room.isJoined = false;
  room.isCaughtUp = false;
  room.own = nobody;
  room.entryId = null;
  room.keptHatForms = new Set();
  room.occupants.clear();
  room.authorship.lost();
}

/**
 * Waits until the room answers what `begin` asks it, or what is under way already.
 * @throws BridgeError what the room says; `server-unreachable` when it says nothing in time
 */
export async function untilAnswered(address: string, room: Room, what: 'joining' | 'renaming', begin?: () => void): Promise<void> {
  room[what] ??= Promise.withResolvers<void>();
  const { promise, reject } = room[what];
  const timer = setTimeout(() => reject(new BridgeError('server-unreachable', { server: address })), answerDeadlineMs);
  try {
    begin?.();
    await promise;
  } finally {
    clearTimeout(timer);
    room[what] = null;
  }
}

/** What a person can do something about says so in `detail`. */
export function toRefusal(error: StanzaError): BridgeError {
  const { server } = error.fault;
  if (error.condition === 'conflict') return new BridgeError('conflict', { server, detail: 'nickname-taken' });
  if (error.condition === 'not-authorized') return new BridgeError('forbidden', { server, detail: 'password-required' });
  if (error.condition === 'registration-required') return new BridgeError('forbidden', { server, detail: 'members-only' });
  if (error.condition === 'forbidden') return new BridgeError('forbidden', { server, detail: 'banned' });
  return error;
}
