import { BridgeError, nothingAllowed, type BridgeEvent, type RoomPowers } from '#bridge';
import type { Membership, NetworkId, RemoteConversation, RemotePersonId } from '#model';
import {
  joinPresence,
  leavePresence,
  readOccupantPresence,
  renamePresence,
  type Departure,
  type OccupantPresence,
  type RoomRole,
} from './extensions/0045-multi-user-chat.ts';
import { acceptDefaults } from './extensions/0045-room-administration.ts';
import type { RoomInvitation } from './extensions/0249-direct-invitations.ts';
import { remoteAvatar } from './avatars.ts';
import { conversationOf, personOf } from './ids.ts';
import { bareJid } from './jid.ts';
import { occupantPerson, type RoomContext } from './receive-room.ts';
import { otherOfTwo } from './room-of-two.ts';
import { unknownRoom, type RoomAbout } from './room-about.ts';
import { hasOccupantIds, newRoom, toRefusal, type EnterOptions, type Room } from './room-entry.ts';
import { departureLine } from './room-lines.ts';
import type { Occupant } from './room-occupants.ts';
import { powersOf } from './room-powers.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { XmlElement } from './stream/xml/element.ts';

export interface RoomsOptions {
  readonly ownBareJid: string;
  readonly invitations?: readonly RoomInvitation[] | undefined;
  send(stanza: XmlElement): boolean;
  request(payload: XmlElement, to: string): Promise<XmlElement>;
  /** The network behind a gateway that a room is on. */
  networkOf?(address: string): NetworkId | undefined;
  /** We are out of a room without having left it. Called after the events of it were made. */
  onOut?(room: string, why: { readonly departure: Departure; readonly reason: string; readonly alternative: string | null }): void;
  now?(): number;
}

const joinDeadlineMs = 20_000;
const mostNickAttempts = 5;
/** How much a room without an archive replays at joining. */
const replayedStanzas = 50;
const mostInvitations = 100;

/** The rooms of this account: joining, leaving, who is in them (XEP-0045). */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #invitations = new Map<string, RoomInvitation>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    for (const invitation of options.invitations?.slice(0, mostInvitations) ?? []) this.#invitations.set(invitation.room, invitation);
  }

  /** What waits for a decision, to be kept over a restart. A password is not written down: the room asks for it. */
  get savedInvitations(): readonly RoomInvitation[] {
    return [...this.#invitations.values()].map((invitation) => ({ ...invitation, password: null }));
  }

  has(room: string): boolean {
    return this.#rooms.has(room);
  }

  isJoined(room: string): boolean {
    return this.#rooms.get(room)?.isJoined ?? false;
  }

  /** Put out without a word about us: the room shut down, or lost us. */
  isWaiting(room: string): boolean {
    const known = this.#rooms.get(room);
    return known !== undefined && !known.isJoined && !known.isExpelled && known.joining === null;
  }

  /** Whether it did not exist before we came. */
  isNew(room: string): boolean {
    return this.#rooms.get(room)?.isNew ?? false;
  }

  hasArchive(room: string): boolean {
    return this.about(room).hasArchive;
  }

  about(room: string): RoomAbout {
    return this.#rooms.get(room)?.about ?? unknownRoom;
  }

  get addresses(): readonly string[] {
    return [...this.#rooms.keys()];
  }

  nick(room: string): string | null {
    return this.#rooms.get(room)?.nick ?? null;
  }

  role(room: string): RoomRole {
    return this.#rooms.get(room)?.own.role ?? 'none';
  }

  powers(room: string): RoomPowers {
    const known = this.#rooms.get(room);
    return known?.isJoined === true ? powersOf(known.own.rank, known.own.role, known.about) : nothingAllowed;
  }

  /** Everybody else who is there. */
  occupants(room: string): readonly Occupant[] {
    return this.#rooms.get(room)?.occupants.all ?? [];
  }

  /** Who a presence in this room is about; its occupant id counts only where the room itself writes those. */
  personOf(room: string, { nick, occupantId }: Pick<OccupantPresence, 'nick' | 'occupantId'>): RemotePersonId {
    const known = this.#rooms.get(room);
    return occupantPerson(room, nick, known !== undefined && hasOccupantIds(known) ? occupantId : null);
  }

  occupant(room: string, personId: string): Occupant | undefined {
    return this.#rooms.get(room)?.occupants.ofPerson(personId);
  }

  occupantNamed(room: string, nick: string): Occupant | undefined {
    return this.#rooms.get(room)?.occupants.ofNick(nick);
  }

  /** The address of somebody in the room, or of ourselves; null when they are not there. */
  occupantAddress(room: string, personId: string): string | null {
    const known = this.#rooms.get(room);
    const nick = personId === this.#options.ownBareJid ? known?.nick : known?.occupants.ofPerson(personId)?.nick;
    return nick === undefined ? null : `${room}/${nick}`;
  }

  /** How to read messages of this room. */
  context(room: string, nowMs: number): RoomContext {
    const { ownBareJid } = this.#options;
    const known = this.#rooms.get(room);
    return {
      room,
      ownBareJid,
      ownNick: known?.nick ?? '',
      ownOccupantId: known?.ownOccupantId ?? null,
      hasOccupantIds: known !== undefined && hasOccupantIds(known),
      nowMs,
      authorship: known?.authorship,
    };
  }

  /** The room said something: it has not forgotten us. */
  heard(address: string): void {
    const room = this.#rooms.get(address);
    if (room !== undefined) room.heardAtMs = this.#now();
  }

  /** Rooms we believe to be in that have said nothing since then. */
  silentSince(atMs: number): readonly string[] {
    return [...this.#rooms].filter(([, room]) => room.isJoined && room.heardAtMs <= atMs).map(([address]) => address);
  }

  /** Enters the room and waits for its answer. @throws BridgeError `forbidden`, `not-found`, `conflict` … */
  async join(address: string, nick: string, about: Partial<RoomAbout>, options: EnterOptions = {}): Promise<void> {
    const known = this.#rooms.get(address);
    const room = known ?? newRoom(nick, options, this.#now());
    this.#rooms.set(address, room);
    if (known !== undefined) this.#out(known);
    room.isExpelled = false;
    room.about = { ...room.about, ...about };
    room.options = options;
    room.nick = nick;
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

  /** Whether we asked to be let in and wait for the answer. */
  isEntering(address: string): boolean {
    const room = this.#rooms.get(address);
    return room !== undefined && room.joining !== null && !room.isJoined;
  }

  /** The room wants something of a person first: whoever waits to be let in is told. */
  challenged(address: string): void {
    this.#rooms.get(address)?.joining?.reject(new BridgeError('forbidden', { server: address, detail: 'captcha-required' }));
  }

  /** Waits until the room lets us in, which it does by itself. @throws BridgeError `not-found`, `server-unreachable` */
  async entered(address: string): Promise<void> {
    const room = this.#rooms.get(address);
    if (room === undefined) throw new BridgeError('not-found', { server: address });
    if (room.isJoined) return;
    room.joining ??= Promise.withResolvers<void>();
    await this.#within(address, room, room.joining);
  }

  async #within(address: string, room: Room, { promise, reject }: PromiseWithResolvers<void>): Promise<void> {
    const timer = setTimeout(() => reject(new BridgeError('server-unreachable', { server: address })), joinDeadlineMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      room.joining = null;
    }
  }

  /** Takes another nickname. @throws BridgeError `conflict` with `nickname-taken` */
  async rename(address: string, nick: string): Promise<void> {
    const room = this.#rooms.get(address);
    if (room?.isJoined !== true || !this.#options.send(renamePresence(address, nick))) throw new BridgeError('offline');
    room.renaming ??= Promise.withResolvers<void>();
    const { promise, reject } = room.renaming;
    const timer = setTimeout(() => reject(new BridgeError('server-unreachable', { server: address })), joinDeadlineMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      room.renaming = null;
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
  learn(address: string, about: Partial<RoomAbout>): void {
    const room = this.#rooms.get(address);
    if (room !== undefined) room.about = { ...room.about, ...about };
  }

  leave(address: string): void {
    const room = this.#rooms.get(address);
    this.#invitations.delete(address);
    if (room === undefined) return;
    this.#options.send(leavePresence(address, room.nick));
    this.#rooms.delete(address);
  }

  /** The session is gone: the rooms have dropped us. */
  lost(): void {
    for (const room of this.#rooms.values()) this.#out(room);
  }

  /** The room does not have us any more, though it never said so (XEP-0410). */
  ghosted(address: string): void {
    const room = this.#rooms.get(address);
    if (room !== undefined) this.#out(room);
  }

  /** What we were asked to join; null when nobody asked. */
  invitation(address: string): RoomInvitation | null {
    return this.#invitations.get(address) ?? null;
  }

  /** Somebody asks us into a room. Null: too many ask. */
  invited(invitation: RoomInvitation): BridgeEvent[] | null {
    const { room, by, reason } = invitation;
    if (this.isJoined(room)) return [];
    if (this.#invitations.size >= mostInvitations && !this.#invitations.has(room)) return null;
    this.#invitations.set(room, invitation);
    const conversation = {
      ...this.describe(room, 'invited'),
      activeAtMs: this.#now(),
      invitation: { by: by === null ? null : personOf(by), text: reason === '' ? null : reason },
    };
    return [{ type: 'conversation.upserted', conversation }];
  }

  /** The person decided. */
  settleInvitation(address: string): void {
    this.#invitations.delete(address);
  }

  /** A room we are in, as it is now; before a chat of two the other person of it. */
  told(address: string): BridgeEvent[] {
    const conversation = this.describe(address, 'joined');
    const { peerId: remoteId } = conversation;
    const [other] = remoteId === undefined ? [] : this.occupants(address);
    const person = remoteId === undefined || other === undefined ? null : { remoteId, displayName: other.nick, handle: remoteId };
    return [...(person === null ? [] : [{ type: 'person.upserted', person } as const]), { type: 'conversation.upserted', conversation }];
  }

  conversation(address: string, membership: Membership): BridgeEvent {
    return { type: 'conversation.upserted', conversation: this.describe(address, membership) };
  }

  describe(address: string, membership: Membership): RemoteConversation {
    const network = this.#options.networkOf?.(address);
    const room = this.#rooms.get(address);
    const known = room?.about;
    const peerId = network === undefined || room === undefined ? null : otherOfTwo(room);
    const title = known?.title ?? address.slice(0, Math.max(0, address.indexOf('@')));
    return {
      remoteId: conversationOf(address),
      ...(peerId === null ? { kind: 'group' } : { kind: 'direct', peerId }),
      title: title === '' ? address : title,
      security: 'plain',
      membership,
      ...(known?.exists === true ? { avatar: known.avatarHash === null ? null : remoteAvatar('vcard', address, known.avatarHash) } : {}),
      ...(network === undefined ? {} : { network }),
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
    room.heardAtMs = this.#now();
    // ejabberd does not mark the presence that closes a room as ours.
    const isOut = room.isJoined && !occupant.isAvailable && occupant.nick === room.nick && occupant.departure !== null;
    if (occupant.isSelf || isOut) return this.#receiveSelf(address, room, occupant);
    return this.#receiveOther(address, room, occupant);
  }

  #enter(address: string, room: Room): boolean {
    const history = room.about.hasArchive ? 0 : replayedStanzas;
    return this.#options.send(joinPresence(address, room.nick, history, room.options.password ?? null));
  }

  #out(room: Room): void {
    room.isJoined = false;
    room.isCaughtUp = false;
    room.own = { rank: 'none', role: 'none' };
    room.occupants.clear();
    room.authorship.lost();
  }

  #receiveSelf(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    if (!occupant.isAvailable) return this.#receiveOwnDeparture(address, room, occupant);
    const wasJoined = room.isJoined;
    const isChanged = room.own.rank !== occupant.rank || room.own.role !== occupant.role || room.nick !== occupant.nick;
    room.nick = occupant.nick;
    room.ownOccupantId = occupant.occupantId;
    room.own = { rank: occupant.rank, role: occupant.role };
    room.authorship.entered(occupant.nick, this.#options.ownBareJid);
    room.renaming?.resolve();
    if (wasJoined) return isChanged ? [this.#touched(address)] : [];
    room.isJoined = true;
    room.isNew = occupant.isNewRoom;
    room.attempts = 0;
    this.#invitations.delete(address);
    if (occupant.isNewRoom && room.options.keepsLocked !== true) {
      void this.#options.request(acceptDefaults(), address).catch(() => undefined);
    }
    room.joining?.resolve();
    return [...this.told(address), this.#present(address, room)];
  }

  /** The room told of everybody else by now: who is not among them left while we were not there. */
  #present(address: string, room: Room): BridgeEvent {
    const personIds = [personOf(this.#options.ownBareJid), ...room.occupants.personIds];
    return { type: 'participants.replaced', conversationId: conversationOf(address), personIds };
  }

  #receiveOwnDeparture(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    const { departure, reason, alternative, newNick } = occupant;
    if (newNick !== null) {
      room.authorship.left(room.nick);
      room.nick = newNick;
      return [];
    }
    this.#out(room);
    if (departure === null) return [];
    const isForGood = departure !== 'shutdown' && departure !== 'error';
    room.joining?.reject(new BridgeError('forbidden', { detail: departure, server: address }));
    room.isExpelled = isForGood;
    this.#options.onOut?.(address, { departure, reason, alternative });
    if (!isForGood) return [];
    const line = departureLine(address, occupant, true, this.#now());
    return [
      ...(line === null ? [] : [line]),
      { type: 'conversation.patched', conversationId: conversationOf(address), patch: { membership: 'left' } },
    ];
  }

  #receiveOther(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    const wasOfTwo = otherOfTwo(room);
    const events = this.#followOther(address, room, occupant);
    return otherOfTwo(room) === wasOfTwo ? events : [...events, ...this.told(address)];
  }

  #followOther(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    const conversationId = conversationOf(address);
    const { nick, rank, role, realJid, titles } = occupant;
    const occupantId = hasOccupantIds(room) ? occupant.occupantId : null;
    const personId = occupantPerson(address, nick, occupantId);
    if (!occupant.isAvailable) {
      room.occupants.remove(nick);
      room.authorship.left(nick);
      if (occupant.newNick !== null && occupantId !== null) return [];
      const line = departureLine(address, occupant, false, this.#now());
      return [...(line === null ? [] : [line]), { type: 'participant.deleted', conversationId, personId }];
    }
    const before = room.occupants.ofNick(nick);
    if (!room.occupants.set({ nick, personId, rank, role, realJid, titles })) return [];
    room.authorship.entered(nick, realJid);
    const person = { remoteId: personId, displayName: nick, handle: `${address}/${nick}` };
    const isChanged = before !== undefined && (before.role !== role || before.titles.join('\n') !== titles.join('\n'));
    return [
      { type: 'person.upserted', person },
      { type: 'participant.upserted', conversationId, personId, role: rank, ...(titles.length === 0 ? {} : { titles }) },
      ...(isChanged ? [this.#touched(address)] : []),
    ];
  }

  /** Something that is not stored changed: who shows the room asks again. */
  #touched(address: string): BridgeEvent {
    return { type: 'conversation.patched', conversationId: conversationOf(address), patch: {} };
  }

  #refused(address: string, room: Room, error: StanzaError): BridgeEvent[] {
    if (room.isJoined) {
      room.renaming?.reject(toRefusal(error));
      return [];
    }
    const mayTry = error.condition === 'conflict' && room.options.keepsNick !== true && room.attempts < mostNickAttempts;
    if (mayTry) {
      room.attempts += 1;
      room.nick = `${room.nick}_`;
      this.#enter(address, room);
      return [];
    }
    room.joining?.reject(toRefusal(error));
    this.#rooms.delete(address);
    return [];
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}
