import type { BridgeEvent, MessageOrigin } from '#bridge';
import type { RemoteConversation } from '#model';
import { answerRequest, refusal } from './answer-requests.ts';
import { ArchiveMarks, type Archived } from './archive-marks.ts';
import { EncryptionWatch } from './encryption-watch.ts';
import { readInvitation } from './extensions/0045-multi-user-chat.ts';
import { readChallenge } from './extensions/0158-captcha-forms.ts';
import { readDelay } from './extensions/0203-delayed-delivery.ts';
import { unwrapCarbon } from './extensions/0280-carbons.ts';
import type { ArchivedMessage } from './extensions/0313-message-archive.ts';
import { isMarkable } from './extensions/0333-chat-markers.ts';
import { readStanzaId } from './extensions/0359-stable-ids.ts';
import type { InboxOptions, Translation } from './inbox-options.ts';
import { Introductions } from './introductions.ts';
import { bareJid } from './jid.ts';
import { NamelessMessages } from './nameless-messages.ts';
import { receiveDirectMessage, type Envelope } from './receive.ts';
import type { ReadMessage } from './receipts.ts';
import { receivePresence, type PresenceContext } from './receive-presence.ts';
import { receiveRequest } from './receive-request.ts';
import { receiveRoomMessage } from './receive-room.ts';
import { securityEvent } from './security-event.ts';
import type { XmppState } from './state.ts';
import { Strangers } from './strangers.ts';
import type { XmlElement } from './stream/xml/element.ts';

export type { Translation } from './inbox-options.ts';

/** Turns stanzas into events: unwraps, checks who may say what, and hands on by kind. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #strangers: Strangers;
  readonly #encryption: EncryptionWatch;
  readonly #introductions: Introductions;
  readonly #archiveMarks: ArchiveMarks;
  readonly #presenceContext: PresenceContext;

  constructor(options: InboxOptions, encrypted: readonly string[]) {
    this.#options = options;
    const strangers = new Strangers(options);
    const encryption = new EncryptionWatch(encrypted, (jid) => strangers.has(jid));
    this.#strangers = strangers;
    this.#encryption = encryption;
    this.#introductions = new Introductions({ ...options, encryption, strangers });
    this.#archiveMarks = new ArchiveMarks(options);
    this.#presenceContext = { ...options, introduce: (jid) => this.introduce(jid) };
  }

  isEncrypted(conversation: string): boolean {
    return this.#encryption.has(conversation);
  }

  /** Direct conversations that something was said about in this run. */
  get knownConversations(): readonly string[] {
    return [...this.#introductions.known];
  }

  /**
   * The answer to a question; null: it is none. Who may not see that we are here does not learn it from our answer
   * either: it is what their server says in the name of nobody (RFC 6121, section 11).
   */
  answer(stanza: XmlElement): XmlElement | null {
    const answer = answerRequest(stanza, this.#options.extensions().capabilities);
    return answer !== null && !this.#strangers.mayKnowUs(stanza.attribute('from')) ? refusal(stanza) : answer;
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
        events.push(...this.#introductions.inFrontOf(arrived.events));
        if (arrived.archived !== undefined) newest.set(arrived.archived.room, arrived.archived);
      } catch (error) {
        this.#options.log.warn('a stanza could not be read', { name: stanza.name, error: String(error) });
      }
    }
    return {
      events: this.#encryption.follow(events),
      replies,
      change: (state) =>
        [...newest.values()].reduce((next, archived) => this.#archiveMarks.advance(next, archived), this.#remember(state, nameless)),
    };
  }

  /**
   * A page of our own archive, or of a room's. What was written while we were away gets its receipts; history does not,
   * and rooms know none.
   */
  translateArchived(messages: readonly ArchivedMessage[], origin: MessageOrigin, room: string | null): Translation {
    const nameless = new NamelessMessages(this.#options.nameless(), this.#options.now());
    const isKeptAway = room !== null && this.#options.isKeptAway(room);
    const page = (isKeptAway ? [] : messages).flatMap(({ id, message, stampMs }): ReadMessage[] => {
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
      const ids = messages.map(({ id }) => id);
      this.#archiveMarks.note(ids, events);
    }
    return {
      events: this.#encryption.follow(this.#introductions.inFrontOf(events)),
      replies: origin === 'catchup' && room === null ? this.#options.receipts.forMissed(page) : [],
      change: (state) => this.#remember(state, nameless),
    };
  }

  /** What the store needs to know before a message: the conversation and the people in it. */
  introduce(jid: string): BridgeEvent[] {
    return this.#introductions.introduce(jid);
  }

  describe(jid: string): RemoteConversation {
    return this.#introductions.describe(jid);
  }

  /** Which of these messages of ours the archive has shown since the last question. */
  takeDelivered(transactionIds: readonly string[]): ReadonlySet<string> {
    return this.#archiveMarks.takeOwn(transactionIds);
  }

  #translateOne(
    stanza: XmlElement,
    replies: XmlElement[],
    nameless: NamelessMessages,
  ): { events: BridgeEvent[]; archived?: Archived | undefined } {
    if (this.#options.isKeptAway(stanza.attribute('from'))) return { events: [] };
    if (stanza.name === 'presence') {
      if (this.#strangers.isPresenceOfOne(stanza)) return { events: [] };
      const events = receivePresence(stanza, replies, this.#presenceContext);
      return { events: [...events, ...this.#options.extensions().receivePresence(stanza)] };
    }
    if (stanza.name === 'iq') return { events: receiveRequest(stanza, replies, this.#options) };
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
    if (this.#archiveMarks.hasShown(archiveId)) return { events: [] };
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

  /** Puts what must be known after a restart into the saved state. */
  #remember(state: XmppState, nameless: NamelessMessages): XmppState {
    return { ...state, encrypted: this.#encryption.listed(state.encrypted), nameless: nameless.entries };
  }
}

const isOwnMessage = (events: readonly BridgeEvent[]): boolean =>
  events.some((event) => event.type === 'message.upserted' && event.message.isOwn);
