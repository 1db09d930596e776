/**
 * Which network a room belongs to, and who in it is only the bridge's machinery. Sources, strongest first: what a person
 * said, the state that bridges set (MSC2346), the addresses of the people in it.
 */
import type { NetworkId } from '#model';
import { asArray, asCount, asRecord, asString, type JsonRecord } from '../event-shape.ts';
import { isUserId, serverOfUser } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { RoomRow } from '../store/rooms.ts';
import { bridgeBookOf } from './bridge-book.ts';
import { networkOfProtocol, readGhost, type GhostSight } from './networks.ts';

export interface RoomBridge {
  readonly network: NetworkId;
  /** Bots and other members that no person is behind. */
  readonly bots: ReadonlySet<string>;
  /** The one other person of a conversation of two. */
  readonly peer: string | null;
}

/** Bridges of before MSC2346 was accepted set the second, matrix-appservice-irc only that. */
const infoTypes = ['m.bridge', 'uk.half-shot.bridge'] as const;

/** Enough to tell two people from a group. */
const mostLookedAt = 40;

interface BridgeInfo {
  readonly network: NetworkId;
  readonly bot: string;
  readonly isDirect: boolean;
  readonly channelId: string;
}

/** The bridge's own word. It counts only from the bot it names: anybody with power in a room could write it. */
const readInfo = (event: JsonRecord): BridgeInfo | null => {
  const content = asRecord(event['content']);
  const bot = content['bridgebot'];
  const network = networkOfProtocol(asRecord(content['protocol'])['id']);
  if (network === null || !isUserId(bot) || event['sender'] !== bot) return null;
  const type = content['com.beeper.room_type.v2'] ?? content['com.beeper.room_type'];
  return { network, bot, isDirect: type === 'dm', channelId: asString(asRecord(content['channel'])['id']) ?? '' };
};

const infoOf = (store: MatrixStore, roomId: string): BridgeInfo | null => {
  for (const type of infoTypes) {
    for (const event of store.rooms.statesOfType(roomId, type, mostLookedAt)) {
      const info = readInfo(event);
      if (info !== null) return info;
    }
  }
  return null;
};

/** Others in the room, as far as the server told: those of its summary, and those whose membership came with the sync. */
const othersIn = (store: MatrixStore, room: RoomRow, selfId: string): readonly string[] => {
  const isHere = (event: JsonRecord): boolean => ['join', 'invite'].includes(String(asRecord(event['content'])['membership']));
  const isInside = room.membership === 'joined' || room.membership === 'left';
  const states = isInside
    ? store.rooms.statesOfType(room.id, 'm.room.member', mostLookedAt)
    : room.strippedState.map(asRecord).filter((event) => event['type'] === 'm.room.member');
  const members = states.filter(isHere).map((event) => event['state_key']);
  const heroes = asArray(room.summary['m.heroes']).slice(0, mostLookedAt);
  return [...new Set([...heroes, ...members].filter(isUserId))].filter((userId) => userId !== selfId);
};

const functionalMembers = (store: MatrixStore, roomId: string): readonly string[] =>
  asArray(store.rooms.state(roomId, 'io.element.functional_members')['service_members']).slice(0, mostLookedAt).filter(isUserId);

const countOf = (room: RoomRow): number | null => {
  const joined = asCount(room.summary['m.joined_member_count']);
  return joined === undefined ? null : joined + (asCount(room.summary['m.invited_member_count']) ?? 0);
};

/** With our own ghost in the room there are two: the chat is named after the other one. */
const peerAmong = (people: readonly string[], channelId: string): string | null => {
  const digits = channelId.replaceAll(/\D/gu, '');
  const named = digits.length >= 5 ? people.find((userId) => userId.includes(digits)) : undefined;
  return named ?? people[0] ?? null;
};

/** A channel with one person in it is no chat of two: that one is called as the person is, or has no name. */
const isNamedAfter = (store: MatrixStore, roomId: string, userId: string): boolean => {
  const title = (asString(store.rooms.state(roomId, 'm.room.name')['name']) ?? '').toLowerCase();
  const name = (store.people.name(userId) ?? '').toLowerCase();
  return title === '' || (name !== '' && title.startsWith(name));
};

/** Null: a room of Matrix itself, as far as anybody can tell. */
export const bridgeOfRoom = (store: MatrixStore, room: RoomRow, selfId: string): RoomBridge | null => {
  const book = bridgeBookOf(store);
  const ownServer = serverOfUser(selfId) ?? '';
  const info = infoOf(store, room.id);
  const others = othersIn(store, room, selfId);
  const sights = new Map<string, GhostSight>();
  for (const userId of others) {
    const sight = readGhost(userId, ownServer, book.families);
    if (sight !== null) sights.set(userId, sight);
  }
  const ghosts = [...sights].filter(([, { isBot }]) => !isBot);
  const bots = new Set([...functionalMembers(store, room.id), ...[...sights].flatMap(([userId, { isBot }]) => (isBot ? [userId] : []))]);
  const told = book.rooms.get(room.id) ?? info?.network;
  if (info !== null) bots.add(info.bot);
  const people = others.filter((userId) => !bots.has(userId));
  if (told !== undefined) return { network: told, bots, peer: info?.isDirect === true ? peerAmong(people, info.channelId) : null };

  const [first] = ghosts;
  const botOnly = people.length === 0 ? [...sights.values()][0] : undefined;
  // The bot's own room: it is the one we talk to. An invitation names nobody but who invites.
  if (first === undefined) return botOnly === undefined ? null : { network: botOnly.network, bots: new Set(), peer: null };
  const { network } = first[1];
  const isOfBridge = [...sights.values()].some((sight) => sight.isBot && sight.network === network);
  // A single ghost among people of Matrix makes no room of its network.
  if (!isOfBridge && ghosts.length < people.length) return null;
  const count = countOf(room);
  const isPair = people.length === 1 && (count === null || count <= people.length + bots.size + 1);
  return { network, bots, peer: isPair && isNamedAfter(store, room.id, first[0]) ? first[0] : null };
};

const sightOf = (store: MatrixStore, userId: string, selfId: string): GhostSight | null =>
  readGhost(userId, serverOfUser(selfId) ?? '', bridgeBookOf(store).families);

/** Where somebody really is, by their address; of most people nothing. */
export const networkOfPerson = (store: MatrixStore, userId: string, selfId: string): { readonly network?: NetworkId } => {
  const sight = sightOf(store, userId, selfId);
  return sight === null || sight.isBot ? {} : { network: sight.network };
};

/** True when the address is a bridge's bot, by its looks alone. */
export const isBridgeBot = (store: MatrixStore, userId: string, selfId: string): boolean => sightOf(store, userId, selfId)?.isBot === true;

/** True of a bridge that we signed in to: its bot or one of its people. */
export const isOfOwnBridge = (store: MatrixStore, userId: string, selfId: string): boolean => sightOf(store, userId, selfId)?.isOurs === true;
