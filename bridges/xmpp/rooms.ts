import { BridgeError, type BridgeEvent } from '#bridge';
import type { Membership, RemoteConversation } from '#model';
import {
  acceptDefaults,
  joinPresence,
  leavePresence,
  readOccupantPresence,
  type OccupantPresence,
} from './extensions/0045-multi-user-chat.ts';
import { conversationOf } from './ids.ts';
import { bareJid } from './jid.ts';
import { occupantPerson, type RoomContext } from './receive-room.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { XmlElement } from './stream/xml/element.ts';

interface Room {
  nick: string;
  isJoined: boolean;
  isCaughtUp: boolean;
  ownOccupantId: string | null;
  /** Nicknames of those who are there, by person. */
  readonly nicks: Map<string, string>;
  hasArchive: boolean;
  title: string | null;
  attempts: number;
  joining: PromiseWithResolvers<void> | null;
}

export interface RoomsOptions {
  readonly ownBareJid: string;
  send(stanza: XmlElement): boolean;
  request(payload: XmlElement, to: string): Promise<XmlElement>;
}

const joinDeadlineMs = 20_000;
const mostNickAttempts = 5;
/** How much a room without an archive replays at joining. */
const replayedStanzas = 50;

/** The rooms of this account: joining, leaving, who is in them (XEP-0045). */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  has(room: string): boolean {
    return this.#rooms.has(room);
  }

  isJoined(room: string): boolean {
    return this.#rooms.get(room)?.isJoined ?? false;
  }

  hasArchive(room: string): boolean {
    return this.#rooms.get(room)?.hasArchive ?? false;
  }

  get addresses(): readonly string[] {
    return [...this.#rooms.keys()];
  }

  nick(room: string): string | null {
    return this.#rooms.get(room)?.nick ?? null;
  }

  /** The address of somebody in the room, or of ourselves; null when they are not there. */
  occupantAddress(room: string, personId: string): string | null {
    const known = this.#rooms.get(room);
    const nick = personId === this.#options.ownBareJid ? known?.nick : known?.nicks.get(personId);
    return nick === undefined ? null : `${room}/${nick}`;
  }

  /** How to read messages of this room. */
  context(room: string, nowMs: number): RoomContext {
    const { ownBareJid } = this.#options;
    const known = this.#rooms.get(room);
    return { room, ownBareJid, ownNick: known?.nick ?? '', ownOccupantId: known?.ownOccupantId ?? null, nowMs };
  }

  /** Enters the room and waits for its answer. @throws BridgeError `forbidden`, `not-found`, `conflict` … */
  async join(address: string, nick: string, about: { hasArchive: boolean; title: string | null }): Promise<void> {
    const room: Room = this.#rooms.get(address) ?? {
      nick,
      isJoined: false,
      isCaughtUp: false,
      ownOccupantId: null,
      nicks: new Map(),
      attempts: 0,
      joining: null,
      ...about,
    };
    this.#rooms.set(address, room);
    Object.assign(room, about);
    room.joining ??= Promise.withResolvers<void>();
    const { promise, reject } = room.joining;
    const timer = setTimeout(() => reject(new BridgeError('server-unreachable', { server: address })), joinDeadlineMs);
    try {
      if (!this.#enter(address, room)) throw new BridgeError('offline');
      await promise;
    } finally {
      clearTimeout(timer);
      room.joining = null;
    }
  }

  /** From now on a live message is the next after what is stored. */
  caughtUp(address: string): void {
    const room = this.#rooms.get(address);
    if (room !== undefined) room.isCaughtUp = true;
  }

  isCaughtUp(address: string): boolean {
    return this.#rooms.get(address)?.isCaughtUp ?? false;
  }

  /** What the room says of itself, which for a new one is only known once it exists. */
  learn(address: string, about: { hasArchive: boolean; title: string | null }): void {
    const room = this.#rooms.get(address);
    if (room !== undefined) Object.assign(room, about);
  }

  leave(address: string): void {
    const room = this.#rooms.get(address);
    if (room === undefined) return;
    this.#options.send(leavePresence(address, room.nick));
    this.#rooms.delete(address);
  }

  /** The session is gone: the rooms have dropped us. */
  lost(): void {
    for (const room of this.#rooms.values()) {
      room.isJoined = false;
      room.isCaughtUp = false;
      room.nicks.clear();
    }
  }

  conversation(address: string, membership: Membership): BridgeEvent {
    return { type: 'conversation.upserted', conversation: this.describe(address, membership) };
  }

  describe(address: string, membership: Membership): RemoteConversation {
    const title = this.#rooms.get(address)?.title ?? address.slice(0, Math.max(0, address.indexOf('@')));
    return {
      remoteId: conversationOf(address),
      kind: 'group',
      title: title === '' ? address : title,
      security: 'plain',
      membership,
    };
  }

  /** Presence in one of our rooms, as events; null when it is no room of ours. */
  receivePresence(stanza: XmlElement): BridgeEvent[] | null {
    const address = bareJid(stanza.attribute('from'));
    const room = address === null ? undefined : this.#rooms.get(address);
    if (address === null || room === undefined) return null;
    if (stanza.attribute('type') === 'error') return this.#refused(address, room, StanzaError.from(stanza));
    const occupant = readOccupantPresence(stanza);
    if (occupant === null) return [];
    if (occupant.isSelf) return this.#receiveSelf(address, room, occupant);
    return this.#receiveOther(address, room, occupant);
  }

  #enter(address: string, room: Room): boolean {
    return this.#options.send(joinPresence(address, room.nick, room.hasArchive ? 0 : replayedStanzas));
  }

  #receiveSelf(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    if (!occupant.isAvailable) {
      if (occupant.newNick !== null) {
        room.nick = occupant.newNick;
        return [];
      }
      room.isJoined = false;
      if (occupant.departure === null) return [];
      this.#rooms.delete(address);
      return [{ type: 'conversation.patched', conversationId: conversationOf(address), patch: { membership: 'left' } }];
    }
    room.nick = occupant.nick;
    room.ownOccupantId = occupant.occupantId;
    room.isJoined = true;
    room.attempts = 0;
    if (occupant.isNewRoom) void this.#options.request(acceptDefaults(), address).catch(() => undefined);
    room.joining?.resolve();
    return [this.conversation(address, 'joined')];
  }

  #receiveOther(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    const conversationId = conversationOf(address);
    const personId = occupantPerson(address, occupant.nick, occupant.occupantId);
    if (!occupant.isAvailable) {
      room.nicks.delete(personId);
      const isRenamed = occupant.newNick !== null && occupant.occupantId !== null;
      return isRenamed ? [] : [{ type: 'participant.deleted', conversationId, personId }];
    }
    room.nicks.set(personId, occupant.nick);
    const person = { remoteId: personId, displayName: occupant.nick, handle: `${address}/${occupant.nick}` };
    return [
      { type: 'person.upserted', person },
      { type: 'participant.upserted', conversationId, personId, role: occupant.role ?? undefined },
    ];
  }

  #refused(address: string, room: Room, error: StanzaError): BridgeEvent[] {
    if (error.condition === 'conflict' && room.attempts < mostNickAttempts) {
      room.attempts += 1;
      room.nick = `${room.nick}_`;
      this.#enter(address, room);
      return [];
    }
    room.joining?.reject(error);
    this.#rooms.delete(address);
    return [];
  }
}
