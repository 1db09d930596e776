import type { BridgeEvent, BridgeLog, MessageOrigin } from '#bridge';
import type { NetworkId, RemoteConversation } from '#model';
import { conversationOf, personOf } from './ids.ts';
import { readInvitation } from './extensions/0045-multi-user-chat.ts';
import { readChallenge } from './extensions/0158-captcha-forms.ts';
import { readNickname } from './extensions/0172-user-nickname.ts';
import { readDelay } from './extensions/0203-delayed-delivery.ts';
import { unwrapCarbon } from './extensions/0280-carbons.ts';
import type { ArchivedMessage } from './extensions/0313-message-archive.ts';
import { isMarkable } from './extensions/0333-chat-markers.ts';
import { readStanzaId } from './extensions/0359-stable-ids.ts';
import { answerRequest, refusal, result } from './answer-requests.ts';
import { bareJid, formatBare, parseJid, type Jid } from './jid.ts';
import { NamelessMessages, type NamelessMessage } from './nameless-messages.ts';
import { EncryptionWatch } from './encryption-watch.ts';
import type { ExtensionHost } from './extension-host.ts';
import type { PresenceBook } from './presence.ts';
import type { Introduction, Requests } from './requests.ts';
import { receiveDirectMessage, type Envelope } from './receive.ts';
import type { ReadMessage, Receipts } from './receipts.ts';
import { receiveRoomMessage } from './receive-room.ts';
import type { RoomChallenges } from './room-challenge.ts';
import type { RoomMarkers } from './room-markers.ts';
import type { Rooms } from './rooms.ts';
import { welcome } from './services/gateways.ts';
import { readRosterPush, type Roster } from './roster.ts';
import { element, type XmlElement } from './stream/xml/element.ts';
import type { XmppState } from './state.ts';

export interface InboxOptions {
  readonly ownBareJid: string;
  readonly domain: string;
  readonly roster: Roster;
  readonly presence: PresenceBook;
  readonly rooms: Rooms;
  readonly roomMarkers: RoomMarkers;
  readonly challenges: RoomChallenges;
  readonly receipts: Receipts;
  readonly requests: Requests;
  /** The network behind a gateway that this address is on; undefined: none. */
  networkOf(jid: string): NetworkId | undefined;
  /** The name of a gateway that speaks for itself; null: somebody else. */
  gatewayTitle(jid: string): string | null;
  /** Whether a gateway that we signed in to brings them along. */
  isOurGuest(jid: string): boolean;
  /** Whether the person blocked this sender: nothing of them is shown, however it came. */
  isKeptAway(from: string | undefined): boolean;
  /** Made later than the inbox. */
  extensions(): ExtensionHost;
  readonly log: BridgeLog;
  /** Whether our own archive exists, and so vouches for the stanza-ids in its name. */
  hasArchive(): boolean;
  /** Whether the archive was read to its end in this session. */
  isCaughtUp(): boolean;
  /** Whether the next catch-up may start behind a live message. */
  mayAdvance(): boolean;
  /** As last stored: what was translated and then not stored must not pass for a copy when it comes again. */
  nameless(): readonly NamelessMessage[];
  now(): number;
}

/** What a batch of stanzas comes to. */
export interface Translation {
  readonly events: readonly BridgeEvent[];
  /** To be sent once the events are stored. */
  readonly replies: readonly XmlElement[];
  /** To be saved with them. */
  change(state: XmppState): XmppState;
}

/** More than that waits for nobody: then the store tells copies apart. */
const mostRemembered = 20_000;


/** The newest message of an archive that came live. */
interface Archived {
  /** Null: our own archive. */
  readonly room: string | null;
  readonly id: string;
  readonly atMs: number;
}

/** Turns stanzas into events: unwraps, checks who may say what, and hands on by kind. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #knownConversations = new Set<string>();
  readonly #encryption: EncryptionWatch;
  /** Archive ids of the last catch-up. */
  readonly #fromArchive = new Set<string>();
  /** Messages of ours that the archive has shown. */
  readonly #ownArchived = new Set<string>();

  constructor(options: InboxOptions, encrypted: readonly string[]) {
    this.#options = options;
    this.#encryption = new EncryptionWatch(encrypted, (jid) => this.#isStranger(jid));
  }

  isEncrypted(conversation: string): boolean {
    return this.#encryption.has(conversation);
  }

  /** Direct conversations that something was said about in this run. */
  get knownConversations(): readonly string[] {
    return [...this.#knownConversations];
  }

  /**
   * The answer to a question; null: it is none. Who may not see that we are here does not learn it from our answer
   * either: it is what their server says in the name of nobody (RFC 6121, section 11).
   */
  answer(stanza: XmlElement): XmlElement | null {
    const answer = answerRequest(stanza, this.#options.extensions().capabilities);
    return answer !== null && !this.#mayKnowUs(stanza.attribute('from')) ? refusal(stanza) : answer;
  }

  /** Stanzas as they come in. One that cannot be understood is logged and left out; the others are not held up. */
  translate(stanzas: readonly XmlElement[]): Translation {
    const events: BridgeEvent[] = [];
    const replies: XmlElement[] = [];
    const newest = new Map<string | null, Archived>();
    const nameless = new NamelessMessages(this.#options.nameless(), this.#options.now());
    for (const stanza of stanzas) {
      try {
        const arrived = this.#translateOne(stanza, replies, nameless);
        events.push(...this.#introduce(arrived.events));
        if (arrived.archived !== undefined) newest.set(arrived.archived.room, arrived.archived);
      } catch (error) {
        this.#options.log.warn('a stanza could not be read', { name: stanza.name, error: String(error) });
      }
    }
    return {
      events: this.#encryption.follow(events),
      replies,
      change: (state) =>
        [...newest.values()].reduce((next, archived) => this.#advance(next, archived), this.#remember(state, nameless)),
    };
  }

  /**
   * A page of our own archive, or of a room's. What was written while we were away gets its receipts; history does not,
   * and rooms know none.
   */
  translateArchived(messages: readonly ArchivedMessage[], origin: MessageOrigin, room: string | null): Translation {
    const nameless = new NamelessMessages(this.#options.nameless(), this.#options.now());
    const page = messages.flatMap(({ id, message, stampMs }): ReadMessage[] => {
      const envelope: Envelope = { message, origin, archiveId: id, stampMs };
      try {
        const events = room === null ? (this.#readInvitation(envelope) ?? this.#readDirect(envelope, nameless)) : this.#readRoom(envelope, room);
        return [{ envelope, events }];
      } catch (error) {
        this.#options.log.warn('an archived message could not be read', { error: String(error) });
        return [];
      }
    });
    const events = page.flatMap((read) => read.events);
    if (!this.#options.isCaughtUp() && room === null) {
      this.#noteOwn(events);
      if (this.#fromArchive.size > mostRemembered) this.#fromArchive.clear();
      for (const { id } of messages) this.#fromArchive.add(id);
    }
    return {
      events: this.#encryption.follow(this.#introduce(events)),
      replies: origin === 'catchup' && room === null ? this.#options.receipts.forMissed(page) : [],
      change: (state) => this.#remember(state, nameless),
    };
  }

  /** Adds what the store needs to know before a message: the conversation and the people in it. */
  introduce(jid: string): BridgeEvent[] {
    if (this.#knownConversations.size >= mostRemembered) this.#knownConversations.clear();
    this.#knownConversations.add(jid);
    const { roster, requests } = this.#options;
    return [
      roster.person(jid, requests.introduction(jid).name),
      { type: 'conversation.upserted', conversation: this.describe(jid) },
    ];
  }

  describe(jid: string): RemoteConversation {
    const { rooms, requests } = this.#options;
    if (rooms.has(jid)) return rooms.describe(jid, rooms.isJoined(jid) ? 'joined' : 'left');
    if (rooms.invitation(jid) !== null) return rooms.describe(jid, 'invited');
    const { words } = requests.introduction(jid);
    const network = this.#options.networkOf(jid);
    return {
      remoteId: conversationOf(jid),
      kind: 'direct',
      title: this.#options.gatewayTitle(jid),
      security: this.#encryption.has(jid) ? 'encrypted' : 'plain',
      membership: requests.has(jid) ? 'requested' : 'joined',
      peerId: personOf(jid),
      ...(network === undefined ? {} : { network }),
      ...(words === null ? {} : { invitation: { by: personOf(jid), text: words } }),
    };
  }

  /** Which of these messages of ours the archive has shown since the last question. */
  takeDelivered(transactionIds: readonly string[]): ReadonlySet<string> {
    const delivered = new Set(transactionIds.filter((id) => this.#ownArchived.has(id)));
    this.#ownArchived.clear();
    return delivered;
  }

  #translateOne(
    stanza: XmlElement,
    replies: XmlElement[],
    nameless: NamelessMessages,
  ): { events: BridgeEvent[]; archived?: Archived | undefined } {
    if (this.#options.isKeptAway(stanza.attribute('from'))) return { events: [] };
    if (stanza.name === 'presence') {
      if (this.#isOfNobody(stanza)) return { events: [] };
      const events = this.#receivePresence(stanza, replies);
      return { events: [...events, ...this.#options.extensions().receivePresence(stanza)] };
    }
    if (stanza.name === 'iq') return { events: this.#receiveIq(stanza, replies) };
    const carbon = unwrapCarbon(stanza, this.#options.ownBareJid);
    if (carbon === 'forged') {
      return { events: [securityEvent('carbon-spoof', `a carbon copy from ${stanza.attribute('from') ?? 'nobody'}`)] };
    }
    const claimed = carbon === null ? this.#options.extensions().receiveMessage(stanza) : null;
    if (claimed !== null) return { events: [...claimed] };
    if (carbon === null && this.#isChallenged(stanza)) return { events: [] };
    const envelope = this.#liveEnvelope(carbon ?? stanza, carbon !== null);
    const from = bareJid(envelope.message.attribute('from'));
    if (envelope.message.attribute('type') === 'groupchat') {
      const isOurs = from !== null && carbon === null && this.#options.rooms.has(from);
      return isOurs ? this.#translateRoom(this.#inRoom(envelope, from), from) : { events: [] };
    }
    const invitation = carbon === null ? this.#readInvitation(envelope) : null;
    if (invitation !== null) return { events: invitation };
    const events = this.#readDirect(envelope, nameless);
    if (carbon === null && !isOwnMessage(events)) replies.push(...this.#options.receipts.forArrived({ envelope, events }));
    const { archiveId } = envelope;
    if (archiveId === null) return { events };
    // The server's offline copy of a message that the archive gave us a moment ago.
    if (this.#fromArchive.has(archiveId)) return { events: [] };
    return { events, archived: { room: null, id: archiveId, atMs: envelope.stampMs ?? this.#options.now() } };
  }

  /** A room that we are about to enter asks whether a person does. Nobody else is to be answered. */
  #isChallenged(stanza: XmlElement): boolean {
    const challenge = readChallenge(stanza);
    const { rooms, challenges } = this.#options;
    if (challenge === null || !rooms.isEntering(challenge.from)) return false;
    challenges.put(challenge.from, challenge);
    rooms.challenged(challenge.from);
    return true;
  }

  #liveEnvelope(message: XmlElement, isCarbon: boolean): Envelope {
    const { ownBareJid, domain } = this.#options;
    const stampMs = readDelay(message, [domain, ownBareJid], this.#options.now());
    return {
      message,
      // What the server kept for us was written while we were away.
      origin: stampMs === null || isCarbon ? 'live' : 'catchup',
      archiveId: this.#options.hasArchive() ? readStanzaId(message, ownBareJid) : null,
      stampMs,
    };
  }

  /** Who asks us into a room, unless it is us, somebody we keep away, or one of too many. Null: no invitation. */
  #readInvitation({ message, origin }: Envelope): BridgeEvent[] | null {
    const invitation = message.attribute('type') === 'error' ? null : readInvitation(message);
    if (invitation === null) return null;
    // One of long ago was decided, and its words for older clients are no message of the room.
    if (origin === 'history') return [];
    const { by, room } = invitation;
    if (by === this.#options.ownBareJid || bareJid(message.attribute('from')) === this.#options.ownBareJid) return [];
    if (this.#options.isKeptAway(by ?? undefined)) return [];
    const invited = this.#options.rooms.invited(invitation);
    if (invited === null) return [securityEvent('too-many-invitations', `into ${room}`)];
    return by === null ? invited : [this.#options.roster.person(by, by.includes('/') ? by.slice(by.indexOf('/') + 1) : null), ...invited];
  }

  #inRoom(envelope: Envelope, room: string): Envelope {
    this.#options.rooms.heard(room);
    const roomDomain = room.slice(room.indexOf('@') + 1);
    const stampMs = readDelay(envelope.message, [room, roomDomain], this.#options.now());
    return {
      message: envelope.message,
      origin: stampMs === null ? 'live' : 'catchup',
      archiveId: this.#options.rooms.hasArchive(room) ? readStanzaId(envelope.message, room) : null,
      stampMs,
    };
  }

  #translateRoom(envelope: Envelope, room: string): { events: BridgeEvent[]; archived?: Archived | undefined } {
    const events = this.#readRoom(envelope, room);
    const { archiveId: id, stampMs } = envelope;
    return id === null ? { events } : { events, archived: { room, id, atMs: stampMs ?? this.#options.now() } };
  }

  /** The next catch-up starts behind this message; only where nothing before it is missing. */
  #advance(state: XmppState, { room, id, atMs }: Archived): XmppState {
    const newest = { newestId: id, newestAtMs: atMs };
    if (room === null) {
      return this.#options.mayAdvance() ? { ...state, archive: { ...state.archive, ...newest } } : state;
    }
    const known = state.rooms[room];
    if (known === undefined || !this.#options.rooms.isCaughtUp(room)) return state;
    return { ...state, rooms: { ...state.rooms, [room]: { ...known, ...newest } } };
  }

  #readDirect(envelope: Envelope, nameless: NamelessMessages): BridgeEvent[] {
    const { ownBareJid, rooms } = this.#options;
    const nowMs = this.#options.now();
    const events = receiveDirectMessage(envelope, { ownBareJid, nowMs, isRoom: (jid) => rooms.has(jid) });
    return events.filter((event) => event.type !== 'message.upserted' || !nameless.isCopy(event.message, envelope));
  }

  #readRoom(envelope: Envelope, room: string): BridgeEvent[] {
    const { message, archiveId } = envelope;
    if (archiveId !== null && isMarkable(message)) this.#options.roomMarkers.asked(room, archiveId);
    return receiveRoomMessage(envelope, this.#options.rooms.context(room, this.#options.now()));
  }

  #receivePresence(stanza: XmlElement, replies: XmlElement[]): BridgeEvent[] {
    const { roster, presence, rooms, requests, ownBareJid } = this.#options;
    const inRoom = rooms.receivePresence(stanza);
    if (inRoom !== null) return inRoom;
    const sender = bareJid(stanza.attribute('from'));
    if (sender === null || sender === ownBareJid) return [];
    if (stanza.attribute('type') !== 'subscribe') return presence.receive(stanza);
    if (roster.seesPresence(sender) || requests.isPreapproved(sender) || roster.contact(sender)?.isAsked === true) {
      // They may see us already and only lost track of it, or we asked them first.
      replies.push(element('presence', { to: sender, type: 'subscribed' }));
      return [];
    }
    if (this.#options.isOurGuest(sender)) {
      replies.push(...welcome(sender));
      return [];
    }
    requests.add(sender, 'asks', introductionIn(stanza, stanza.childText('status')));
    return this.introduce(sender);
  }

  #mayKnowUs(from: string | undefined): boolean {
    const { roster, rooms, ownBareJid, isKeptAway, isOurGuest } = this.#options;
    if (from === undefined) return true;
    const address = parseJid(from);
    if (address === null || isKeptAway(from)) return false;
    const jid = formatBare(address);
    if (jid === ownBareJid || rooms.has(jid) || roster.seesPresence(jid) || isOurGuest(jid)) return true;
    return this.#isOwnService(address) || (address.local === '' && roster.contact(jid) !== undefined);
  }

  #isOwnService({ local, domain }: Jid): boolean {
    const own = this.#options.domain;
    return local === '' && (domain === own || domain.endsWith(`.${own}`));
  }

  /** Presence that a stranger sent us unasked. Only that they ask to see ours is of interest. */
  #isOfNobody(presence: XmlElement): boolean {
    const sender = bareJid(presence.attribute('from'));
    return sender !== null && presence.attribute('type') !== 'subscribe' && this.#isStranger(sender);
  }

  /** Not in the contact list, no gateway or server of ours, nobody in a room we are in: they have to ask first. */
  #isStranger(jid: string): boolean {
    const { roster, rooms, ownBareJid } = this.#options;
    const address = parseJid(jid);
    if (!roster.isLoaded || address === null || jid === ownBareJid || rooms.has(formatBare(address))) return false;
    if (this.#options.isOurGuest(jid) || this.#options.gatewayTitle(jid) !== null) return false;
    return !this.#isOwnService(address) && roster.contact(formatBare(address)) === undefined && roster.contact(address.domain) === undefined;
  }

  /** Whoever writes without being known asks by that; whom we write to is no stranger. */
  #noteStranger(event: Extract<BridgeEvent, { readonly type: 'message.upserted' }>): void {
    const { requests } = this.#options;
    const { conversationId, isOwn } = event.message;
    if (isOwn) requests.settle(conversationId);
    else if (this.#isStranger(conversationId)) requests.add(conversationId, 'wrote');
  }

  #receiveIq(stanza: XmlElement, replies: XmlElement[]): BridgeEvent[] {
    const push = readRosterPush(stanza, this.#options.ownBareJid);
    const handled = push === null ? this.#options.extensions().receiveRequest(stanza) : null;
    if (handled !== null) {
      replies.push(handled.reply);
      return [...handled.events];
    }
    if (push === null || push === 'forged') {
      const answer = answerRequest(stanza, this.#options.extensions().capabilities);
      if (answer !== null) replies.push(answer);
      if (push === null) return [];
      return [securityEvent('roster-push-spoof', `a roster push from ${stanza.attribute('from') ?? 'nobody'}`)];
    }
    replies.push(result(stanza));
    const events = this.#options.roster.push(push);
    for (const event of events) if (event.type === 'contact.upserted') this.#options.extensions().contactChanged(event.contact);
    return events;
  }

  /** Puts conversation and person in front of the first message of each conversation. */
  #introduce(events: readonly BridgeEvent[]): BridgeEvent[] {
    return events.flatMap((event) => {
      // A system line tells of a conversation that is known, if only as one that just ended.
      if (event.type !== 'message.upserted' || event.message.kind === 'system') return [event];
      const conversation: string = event.message.conversationId;
      const isKnown = this.#knownConversations.has(conversation) || this.#options.rooms.has(conversation);
      if (!isKnown || event.message.isOwn) this.#noteStranger(event);
      return isKnown ? [event] : [...this.introduce(conversation), event];
    });
  }

  #noteOwn(events: readonly BridgeEvent[]): void {
    for (const event of events) {
      if (event.type !== 'message.upserted' || !event.message.isOwn) continue;
      if (event.message.transactionId !== undefined) this.#ownArchived.add(event.message.transactionId);
    }
  }

  /** Puts what must be known after a restart into the saved state. */
  #remember(state: XmppState, nameless: NamelessMessages): XmppState {
    return { ...state, encrypted: this.#encryption.listed(state.encrypted), nameless: nameless.entries };
  }

}

const longestWords = 500;

const introductionIn = (stanza: XmlElement, words: string | undefined): Introduction => ({
  name: readNickname(stanza),
  words: words?.trim().slice(0, longestWords) || null,
});

const isOwnMessage = (events: readonly BridgeEvent[]): boolean =>
  events.some((event) => event.type === 'message.upserted' && event.message.isOwn);

export const securityEvent = (rule: string, detail: string): BridgeEvent => ({
  type: 'security',
  rule,
  detail: detail.slice(0, 500),
});
