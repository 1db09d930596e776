import { BridgeError } from '#bridge';
import type { AccountLink } from './account-link.ts';
import type { Discovered } from './extensions/0030-service-discovery.ts';
import { clockToleranceMs } from './archive-sync.ts';
import { archivePageSize } from './extensions/0313-message-archive.ts';
import type { RoomState } from './state.ts';
import { ns } from './namespaces.ts';

/**
 * Enters a room, remembers it, and fetches what was written in it meanwhile.
 * @throws BridgeError `forbidden`, `not-found`, `wrong-address` …
 */
export async function joinRoom(link: AccountLink, room: string, nick: string): Promise<void> {
  const { rooms, services, journal } = link;
  const about = aboutRoom(await services.info(room));
  const known = journal.state.rooms[room];
  try {
    await rooms.join(room, nick, about);
    if (!about.exists) rooms.learn(room, aboutRoom(await services.info(room)));
  } catch (error) {
    const isFinal = error instanceof BridgeError && ['forbidden', 'not-found'].includes(error.fault.code);
    if (known !== undefined && isFinal) await forgetRoom(link, room, [rooms.conversation(room, 'left')]);
    throw error;
  }
  const joined: RoomState = { newestId: null, newestAtMs: null, ...known, nick: rooms.nick(room) ?? nick };
  await journal.write({
    events: [rooms.conversation(room, 'joined')],
    change: (state) => ({ ...state, rooms: { ...state.rooms, [room]: joined } }),
  });
  if (!rooms.hasArchive(room)) return;
  await catchUpRoom(link, room);
  rooms.caughtUp(room);
}

function aboutRoom({ identities, features }: Discovered): { exists: boolean; hasArchive: boolean; title: string | null } {
  const title = identities.find(({ category }) => category === 'conference')?.name ?? null;
  return { exists: identities.length > 0, hasArchive: features.has(ns.archive), title };
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
    const { newestId = null, newestAtMs = null } = journal.state.rooms[room] ?? {};
    const isFirst = newestAtMs === null;
    const since = isFirst ? { before: '' } : { startMs: newestAtMs - clockToleranceMs };
    const page = await reader.read({
      archive: room,
      ...(newestId === null ? since : { after: newestId }),
      pageSize: archivePageSize,
    });
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
