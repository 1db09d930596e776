import { BridgeError, type BridgeLog } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { clockToleranceMs } from './archive-sync.ts';
import { archivePageSize, type ArchivePage } from './extensions/0313-message-archive.ts';
import { inParallel } from './in-parallel.ts';
import { conversationOf, personOf } from './ids.ts';
import { readRoomAbout } from './room-about.ts';
import type { EnterOptions } from './room-entry.ts';
import type { RoomState } from './state.ts';

/** More at once would make the server, and the rooms' servers behind it, wait for each other. */
const roomsAtOnce = 5;
const mostPages = 400;

/**
 * Enters a room, remembers it, and fetches what was written in it meanwhile.
 * @throws BridgeError `forbidden`, `not-found`, `wrong-address` …
 */
export async function joinRoom(link: AccountLink, room: string, nick: string, options: EnterOptions = {}): Promise<void> {
  const { rooms, services, journal } = link;
  const about = readRoomAbout(await services.info(room));
  const known = journal.state.rooms[room];
  const password = options.password ?? rooms.invitation(room)?.password ?? (await link.secrets.get(passwordName(room)));
  try {
    await rooms.join(room, nick, about, { ...options, password });
    if (!about.exists) rooms.learn(room, readRoomAbout(await services.info(room)));
  } catch (error) {
    // A question at the door can be answered later: that is no reason to forget the room.
    if (error instanceof BridgeError && error.fault.detail === 'captcha-required') link.challenges.knocked(room, () => joinRoom(link, room, nick, options));
    const isFinal =
      error instanceof BridgeError && ['forbidden', 'not-found'].includes(error.fault.code) && error.fault.detail !== 'captcha-required';
    if (known !== undefined && isFinal) await forgetRoom(link, room, [rooms.conversation(room, 'left')]);
    throw error;
  }
  await settleIn(link, room, nick, password);
}

/** We are inside: remembered for the next start, and what was written meanwhile is fetched. */
export async function settleIn(link: AccountLink, room: string, nick: string, password: string | null): Promise<void> {
  const { rooms, journal } = link;
  const known = journal.state.rooms[room];
  if (password !== null) await link.secrets.set(passwordName(room), password);
  const joined: RoomState = { newestId: null, newestAtMs: null, ...known, nick: rooms.nick(room) ?? nick };
  const conversationId = conversationOf(room);
  await journal.write({
    events: [
      rooms.conversation(room, 'joined'),
      { type: 'participant.upserted', conversationId, personId: personOf(link.ownBareJid), role: rooms.powers(room).ownRank },
      ...link.bookmarks.told(room),
    ],
    change: (state) => ({ ...state, rooms: { ...state.rooms, [room]: joined } }),
  });
  void link.bookmarks.joined(room, nick, password);
  if (!rooms.hasArchive(room)) return;
  await catchUpRoom(link, room);
  rooms.caughtUp(room);
}

/** Enters all rooms of this account again. One that refuses does not keep us from the others. */
export async function rejoinRooms(link: AccountLink, engine: { readonly isOnline: boolean }, log: BridgeLog): Promise<void> {
  await inParallel(Object.entries(link.journal.state.rooms), roomsAtOnce, async ([room, { nick }]) => {
    if (link.rooms.isJoined(room) || !engine.isOnline) return;
    await joinQuietly(link, room, nick, log);
  });
}

/** Nobody waits for it: a refusal is logged. */
export async function joinQuietly(link: AccountLink, room: string, nick: string, log: BridgeLog, password: string | null = null): Promise<void> {
  try {
    await joinRoom(link, room, nick, { password });
  } catch (error) {
    log.info('a room could not be joined again', { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Leaves the room out of what is joined at the next start. */
export async function forgetRoom(
  { journal, secrets }: AccountLink,
  room: string,
  events: Parameters<AccountLink['journal']['write']>[0]['events'],
): Promise<void> {
  await journal.write({
    events,
    change: (state) => {
      const { [room]: _gone, ...rest } = state.rooms;
      return { ...state, rooms: rest };
    },
  });
  await secrets.delete(passwordName(room));
}

/** What the secrets of rooms begin with. */
export const roomPasswordPrefix = 'room-password:';
const passwordName = (room: string): string => `${roomPasswordPrefix}${room}`;

/** Reads the room's own archive forwards from what is stored; of a new room only the newest page. */
async function catchUpRoom(link: AccountLink, room: string): Promise<void> {
  const { journal, inbox } = link;
  for (let count = 0; count < mostPages; count += 1) {
    const isFirst = (journal.state.rooms[room]?.newestAtMs ?? null) === null;
    const page = await readNext(link, room);
    const { events } = inbox.translateArchived(page.messages, isFirst ? 'history' : 'catchup', room);
    await journal.write({
      events,
      change: (state) => {
        const known = state.rooms[room];
        if (known === undefined) return state;
        const newest = {
          newestId: page.lastId ?? known.newestId,
          newestAtMs: page.messages.at(-1)?.stampMs ?? known.newestAtMs ?? Date.now(),
        };
        return { ...state, rooms: { ...state.rooms, [room]: { ...known, ...newest } } };
      },
    });
    if (page.isComplete || isFirst || page.lastId === null) return;
  }
}

/** What follows the newest stored message; by time where the archive has forgotten that one. */
async function readNext({ reader, journal }: AccountLink, room: string): Promise<ArchivePage> {
  const { newestId = null, newestAtMs = null } = journal.state.rooms[room] ?? {};
  const since = newestAtMs === null ? { before: '' } : { startMs: newestAtMs - clockToleranceMs };
  const query = { archive: room, pageSize: archivePageSize };
  if (newestId === null) return reader.read({ ...query, ...since });
  try {
    return await reader.read({ ...query, after: newestId });
  } catch (error) {
    if (!(error instanceof BridgeError) || error.fault.code !== 'not-found') throw error;
    return reader.read({ ...query, ...since });
  }
}
