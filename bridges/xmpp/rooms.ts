import { randomUUID } from 'node:crypto';
import { BridgeError, nothingAllowed, type BridgeEvent, type RoomPowers } from '#bridge';
import type { Membership, NetworkId, RemoteConversation, RemotePersonId } from '#model';
import { joinPresence, leavePresence, renamePresence, type OccupantPresence, type RoomRole } from './extensions/0045-multi-user-chat.ts';
import { titlesIn, type Hat } from './extensions/0317-hats.ts';
import type { RoomInvitation } from './extensions/0249-direct-invitations.ts';
import { remoteAvatar } from './avatars.ts';
import { conversationOf, personOf } from './ids.ts';
import { bareJid } from './jid.ts';
import { occupantPerson, type RoomContext } from './receive-room.ts';
import { otherOfTwo } from './room-of-two.ts';
import { unknownRoom, type RoomAbout } from './room-about.ts';
import { hasOccupantIds, newRoom, takeOut, trustedForms, untilAnswered, type EnterOptions, type Room } from './room-entry.ts';
import { RoomInvitations } from './room-invitations.ts';
import type { Occupant } from './room-occupants.ts';
import { powersOf } from './room-powers.ts';
import { RoomPresence, type RoomPresenceOptions } from './room-presence.ts';
import type { XmlElement } from './stream/xml/element.ts';

export interface RoomsOptions extends Pick<RoomPresenceOptions, 'ownBareJid' | 'request' | 'onOut'> {
  readonly invitations?: readonly RoomInvitation[] | undefined;
  send(stanza: XmlElement): boolean;
  /** The network behind a gateway that a room is on. */
  networkOf?(address: string): NetworkId | undefined;
  now?(): number;
}

/** How much a room without an archive replays at joining. */
const replayedStanzas = 50;

/** The rooms of this account: joining, leaving, who is in them (XEP-0045). */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #invitations: RoomInvitations;
  readonly #presence: RoomPresence;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#invitations = new RoomInvitations(options.invitations);
    this.#presence = new RoomPresence(
      { ...options, now: () => this.#now() },
      {
        onEntered: (address) => this.#invitations.settle(address),
        enterAgain: (address, room) => this.#enter(address, room),
        onRefused: (address) => this.#rooms.delete(address),
        told: (address) => this.told(address),
        titlesOf: (address, hats) => this.titlesOf(address, hats),
      },
    );
  }

  /** What waits for a decision, to be kept over a restart. */
  get savedInvitations(): readonly RoomInvitation[] {
    return this.#invitations.saved;
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

  /** Of titles in a presence those that the room gave. */
  titlesOf(address: string, hats: readonly Hat[]): readonly string[] {
    const room = this.#rooms.get(address);
    return room === undefined ? [] : titlesIn(hats, trustedForms(room, this.#options.networkOf?.(address) !== undefined));
  }

  ownTitles(room: string): readonly string[] {
    return this.titlesOf(room, this.#rooms.get(room)?.own.hats ?? []);
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
    if (known !== undefined) takeOut(known);
    room.isExpelled = false;
    room.about = { ...room.about, ...about };
    room.options = options;
    room.nick = nick;
    await untilAnswered(address, room, 'joining', () => {
      if (!this.#enter(address, room)) throw new BridgeError('offline');
    });
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
    await untilAnswered(address, room, 'joining');
  }

  /** Takes another nickname. @throws BridgeError `conflict` with `nickname-taken` */
  async rename(address: string, nick: string): Promise<void> {
    const room = this.#rooms.get(address);
    if (room?.isJoined !== true || !this.#options.send(renamePresence(address, nick))) throw new BridgeError('offline');
    await untilAnswered(address, room, 'renaming');
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
    this.#invitations.settle(address);
    if (room === undefined) return;
    this.#options.send(leavePresence(address, room.nick));
    this.#rooms.delete(address);
  }

  /** The session is gone: the rooms have dropped us. */
  lost(): void {
    for (const room of this.#rooms.values()) takeOut(room);
  }

  /** The room does not have us any more, though it never said so (XEP-0410). */
  ghosted(address: string): void {
    const room = this.#rooms.get(address);
    if (room !== undefined) takeOut(room);
  }

  /** What we were asked to join; null when nobody asked. */
  invitation(address: string): RoomInvitation | null {
    return this.#invitations.get(address);
  }

  /** Somebody asks us into a room. Null: too many ask. */
  invited(invitation: RoomInvitation): BridgeEvent[] | null {
    const { room, by, reason } = invitation;
    if (this.isJoined(room)) return [];
    if (!this.#invitations.add(invitation)) return null;
    const conversation = {
      ...this.describe(room, 'invited'),
      activeAtMs: this.#now(),
      invitation: { by: by === null ? null : personOf(by), text: reason === '' ? null : reason },
    };
    return [{ type: 'conversation.upserted', conversation }];
  }

  /** The room that we are asked into says what it is called. */
  named(room: string, title: string): BridgeEvent[] {
    const isWaiting = !this.has(room) && this.#invitations.name(room, title);
    return isWaiting ? [{ type: 'conversation.patched', conversationId: conversationOf(room), patch: { title } }] : [];
  }

  /** The person decided. */
  settleInvitation(address: string): void {
    this.#invitations.settle(address);
  }

  /** The other person of a chat of two that a gateway brings as a room. */
  otherOf(room: string): RemotePersonId | null {
    const known = this.#options.networkOf?.(room) === undefined ? undefined : this.#rooms.get(room);
    return known === undefined ? null : otherOfTwo(known);
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
    const known = this.#rooms.get(address)?.about;
    const peerId = this.otherOf(address);
    const title = known?.title ?? this.#invitations.get(address)?.title ?? address.slice(0, Math.max(0, address.indexOf('@')));
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
    return address === null || room === undefined ? null : this.#presence.receive(address, room, stanza);
  }

  #enter(address: string, room: Room): boolean {
    const historyStanzas = room.about.hasArchive ? 0 : replayedStanzas;
    const { password } = room.options;
    room.entryId = randomUUID();
    return this.#options.send(joinPresence(address, room.nick, { id: room.entryId, historyStanzas, password }));
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}
