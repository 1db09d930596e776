import { BridgeError, type RoomMember, type RoomRank } from '#bridge';
import type { RemoteConversationId } from '#model';
import type { AccountLink } from './account-link.ts';
import { rankQuery, readRanks, type RankedAddress } from './extensions/0045-room-administration.ts';
import { addressOf, personOf } from './ids.ts';
import type { Occupant } from './room-occupants.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

const listed: readonly RoomRank[] = ['owner', 'admin', 'member'];
/** Who belongs to a room changes seldom, and the room is asked once for each rank. */
const freshForMs = 30_000;

interface KnownList {
  readonly askedAtMs: number;
  readonly list: Promise<readonly RankedAddress[]>;
}

/** The lists of our rooms, as they were a moment ago. */
export class RankLists {
  readonly #lists = new Map<string, KnownList>();

  /** Ours changed one of them: ask again. */
  forget(room: string): void {
    for (const key of this.#lists.keys()) if (key.endsWith(` ${room}`)) this.#lists.delete(key);
  }

  read(engine: Pick<StreamEngine, 'request'>, room: string, rank: RoomRank, nowMs = Date.now()): Promise<readonly RankedAddress[]> {
    const key = `${rank} ${room}`;
    const known = this.#lists.get(key);
    if (known !== undefined && nowMs - known.askedAtMs < freshForMs) return known.list;
    const list = readList(engine, room, rank);
    this.#lists.set(key, { askedAtMs: nowMs, list });
    list.catch(() => this.#lists.delete(key));
    return list;
  }
}

/** Everybody of a room: who is there, and, as far as the room lets us see its lists, who belongs to it. */
export async function listMembers(
  link: AccountLink,
  engine: Pick<StreamEngine, 'request'>,
  known: RankLists,
  id: RemoteConversationId,
  includeBanned: boolean,
): Promise<RoomMember[]> {
  const room = addressOf(id);
  const { rooms, ownBareJid, voiceRequests } = link;
  if (!rooms.isJoined(room)) throw new BridgeError('offline', { detail: 'the room is not entered' });
  const ranks: readonly RoomRank[] = includeBanned ? [...listed, 'banned'] : listed;
  const lists = await Promise.all(ranks.map((rank) => known.read(engine, room, rank)));
  const present = [ownMember(link, room), ...rooms.occupants(room).map((occupant) => presentMember(occupant, rooms.titlesOf(room, occupant.hats), voiceRequests.has(room, occupant.nick)))];
  const here = new Set([ownBareJid, ...rooms.occupants(room).flatMap(({ realJid }) => realJid ?? [])]);
  const absent = lists.flat().filter(({ jid }) => !here.has(jid));
  return [...present, ...absent.map(absentMember)];
}

async function readList(engine: Pick<StreamEngine, 'request'>, room: string, rank: RoomRank): Promise<readonly RankedAddress[]> {
  try {
    return readRanks(await engine.request({ type: 'get', to: room, payload: rankQuery(rank) }));
  } catch (error) {
    // Most people may not see who belongs to a room; that they see who is there is enough.
    if (error instanceof BridgeError && error.name === 'StanzaError') return [];
    throw error;
  }
}

function ownMember({ rooms, ownBareJid }: AccountLink, room: string): RoomMember {
  const role = rooms.role(room);
  return {
    personId: personOf(ownBareJid),
    address: ownBareJid,
    name: rooms.nick(room) ?? ownBareJid,
    rank: rooms.powers(room).ownRank,
    hasVoice: role !== 'visitor',
    isModerator: role === 'moderator',
    isPresent: true,
    isSelf: true,
    titles: rooms.ownTitles(room),
  };
}

const presentMember = ({ personId, realJid, nick, rank, role }: Occupant, titles: readonly string[], asksForVoice: boolean): RoomMember => ({
  personId,
  address: realJid,
  name: nick,
  rank,
  hasVoice: role !== 'visitor',
  isModerator: role === 'moderator',
  isPresent: true,
  isSelf: false,
  titles,
  ...(asksForVoice ? { asksForVoice } : {}),
});

const absentMember = ({ jid, rank, nick, reason }: RankedAddress): RoomMember => ({
  personId: null,
  address: jid,
  name: nick ?? jid,
  rank,
  hasVoice: rank !== 'banned',
  isModerator: false,
  isPresent: false,
  isSelf: false,
  titles: [],
  ...(reason === '' ? {} : { reason }),
});
