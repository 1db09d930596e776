import { BridgeError } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { archivePageSize } from './extensions/0313-message-archive.ts';
import type { RoomState } from './state.ts';
import { ns } from './namespaces.ts';

/**
 * Enters a room, remembers it, and fetches what was written in it meanwhile.
 * @throws BridgeError `forbidden`, `not-found`, `wrong-address` …
 */
export async function joinRoom(link: AccountLink, room: string, nick: string): Promise<void> {
  const { rooms, services, journal } = link;
  const info = await services.info(room);
  const title = info.identities.find(({ category }) => category === 'conference')?.name ?? null;
  const known = journal.state.rooms[room];
  try {
    await rooms.join(room, nick, { hasArchive: info.features.has(ns.archive), title });
  } catch (error) {
    const isFinal = error instanceof BridgeError && ['forbidden', 'not-found'].includes(error.fault.code);
    if (known !== undefined && isFinal) await forgetRoom(link, room, [rooms.conversation(room, 'left')]);
    throw error;
  }
  const joined: RoomState = { nick: rooms.nick(room) ?? nick, newestId: known?.newestId ?? null };
  await journal.write({
    events: [rooms.conversation(room, 'joined')],
    change: (state) => ({ ...state, rooms: { ...state.rooms, [room]: joined } }),
  });
  if (rooms.hasArchive(room)) await catchUpRoom(link, room);
}

/** Leaves the room out of what is joined at the next start. */
export async function forgetRoom(
  { journal }: AccountLink,
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
}

/** Reads the room's own archive forwards from what is stored; of a new room only the newest page. */
async function catchUpRoom({ reader, journal, inbox }: AccountLink, room: string): Promise<void> {
  for (;;) {
    const newestId = journal.state.rooms[room]?.newestId ?? null;
    const where = newestId === null ? { before: '' } : { after: newestId };
    const page = await reader.read({ archive: room, ...where, pageSize: archivePageSize });
    const events = inbox.translateArchived(page.messages, newestId === null ? 'history' : 'catchup', room);
    await journal.write({
      events,
      change: (state) => {
        const known = state.rooms[room];
        if (known === undefined) return state;
        return { ...state, rooms: { ...state.rooms, [room]: { ...known, newestId: page.lastId ?? known.newestId } } };
      },
    });
    if (page.isComplete || newestId === null || page.lastId === null) return;
  }
}
