import { BridgeError, type BridgeEvent } from '#bridge';
import { readOccupantPresence, type Departure, type OccupantPresence } from './extensions/0045-multi-user-chat.ts';
import { acceptDefaults } from './extensions/0045-room-administration.ts';
import { keptForms, type Hat } from './extensions/0317-hats.ts';
import { conversationOf, personOf } from './ids.ts';
import { occupantPerson } from './receive-room.ts';
import { hasOccupantIds, takeOut, toRefusal, type Room } from './room-entry.ts';
import { departureLine } from './room-lines.ts';
import { otherOfTwo } from './room-of-two.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { XmlElement } from './stream/xml/element.ts';

const mostNickAttempts = 5;

export interface RoomPresenceOptions {
  readonly ownBareJid: string;
  request(payload: XmlElement, to: string): Promise<XmlElement>;
  /** We are out of a room without having left it. Called after the events of it were made. */
  onOut?(room: string, why: { readonly departure: Departure; readonly reason: string; readonly alternative: string | null }): void;
  now(): number;
}

/** What happens to the room itself. */
export interface RoomPresenceHandlers {
  /** We are in. */
  onEntered(address: string): void;
  /** Our nickname is taken: with another one. */
  enterAgain(address: string, room: Room): void;
  onRefused(address: string): void;
  /** The room as it is now. */
  told(address: string): BridgeEvent[];
  /** Those that the room vouches for. */
  titlesOf(address: string, hats: readonly Hat[]): readonly string[];
}

/** Presence in our rooms, as events: who comes and goes, with what rank, and what becomes of ourselves (XEP-0045). */
export class RoomPresence {
  readonly #options: RoomPresenceOptions;
  readonly #handlers: RoomPresenceHandlers;

  constructor(options: RoomPresenceOptions, handlers: RoomPresenceHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  receive(address: string, room: Room, stanza: XmlElement): BridgeEvent[] {
    if (stanza.attribute('type') === 'error') return this.#refused(address, room, StanzaError.from(stanza));
    const occupant = readOccupantPresence(stanza);
    if (occupant === null) return [];
    room.heardAtMs = this.#options.now();
    // ejabberd does not mark the presence that closes a room as ours.
    const isOut = room.isJoined && !occupant.isAvailable && occupant.nick === room.nick && occupant.departure !== null;
    if (!occupant.isSelf && !isOut) return this.#receiveOther(address, room, occupant);
    if (stanza.attribute('id') === room.entryId) room.keptHatForms = keptForms(stanza);
    return occupant.isAvailable ? this.#receiveSelf(address, room, occupant) : this.#receiveOwnDeparture(address, room, occupant);
  }

  #receiveSelf(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    const { ownBareJid, request } = this.#options;
    const wasJoined = room.isJoined;
    const isChanged = room.own.rank !== occupant.rank || room.own.role !== occupant.role || room.nick !== occupant.nick || !areSame(room.own.hats, occupant.hats);
    room.nick = occupant.nick;
    room.ownOccupantId = occupant.occupantId;
    room.own = { rank: occupant.rank, role: occupant.role, hats: occupant.hats };
    room.authorship.entered(occupant.nick, ownBareJid);
    room.renaming?.resolve();
    if (wasJoined) return isChanged ? [touched(address)] : [];
    room.isJoined = true;
    room.isNew = occupant.isNewRoom;
    room.attempts = 0;
    this.#handlers.onEntered(address);
    if (occupant.isNewRoom && room.options.keepsLocked !== true) {
      void request(acceptDefaults(), address).catch(() => undefined);
    }
    room.joining?.resolve();
    // The room told of everybody else by now: who is not among them left while we were not there.
    const personIds = [personOf(ownBareJid), ...room.occupants.personIds];
    return [...this.#handlers.told(address), { type: 'participants.replaced', conversationId: conversationOf(address), personIds }];
  }

  #receiveOwnDeparture(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    const { departure, reason, alternative, newNick } = occupant;
    if (newNick !== null) {
      room.authorship.left(room.nick);
      room.nick = newNick;
      return [];
    }
    takeOut(room);
    if (departure === null) return [];
    const isForGood = departure !== 'shutdown' && departure !== 'error';
    room.joining?.reject(new BridgeError('forbidden', { detail: departure, server: address }));
    room.isExpelled = isForGood;
    this.#options.onOut?.(address, { departure, reason, alternative });
    if (!isForGood) return [];
    const line = departureLine(address, occupant, true, this.#options.now());
    return [
      ...(line === null ? [] : [line]),
      { type: 'conversation.patched', conversationId: conversationOf(address), patch: { membership: 'left' } },
    ];
  }

  #receiveOther(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    const wasOfTwo = otherOfTwo(room);
    const events = this.#followOther(address, room, occupant);
    return otherOfTwo(room) === wasOfTwo ? events : [...events, ...this.#handlers.told(address)];
  }

  #followOther(address: string, room: Room, occupant: OccupantPresence): BridgeEvent[] {
    const conversationId = conversationOf(address);
    const { nick, rank, role, realJid, hats } = occupant;
    const titles = this.#handlers.titlesOf(address, hats);
    const occupantId = hasOccupantIds(room) ? occupant.occupantId : null;
    const personId = occupantPerson(address, nick, occupantId);
    if (!occupant.isAvailable) {
      room.occupants.remove(nick);
      room.authorship.left(nick);
      if (occupant.newNick !== null && occupantId !== null) return [];
      const line = departureLine(address, occupant, false, this.#options.now());
      return [...(line === null ? [] : [line]), { type: 'participant.deleted', conversationId, personId }];
    }
    const before = room.occupants.ofNick(nick);
    if (!room.occupants.set({ nick, personId, rank, role, realJid, hats })) return [];
    room.authorship.entered(nick, realJid);
    const person = { remoteId: personId, displayName: nick, handle: `${address}/${nick}` };
    const isChanged = before !== undefined && (before.role !== role || !areSame(before.hats, hats));
    return [
      { type: 'person.upserted', person },
      { type: 'participant.upserted', conversationId, personId, role: rank, ...(titles.length === 0 ? {} : { titles }) },
      ...(isChanged ? [touched(address)] : []),
    ];
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
      this.#handlers.enterAgain(address, room);
      return [];
    }
    room.joining?.reject(toRefusal(error));
    this.#handlers.onRefused(address);
    return [];
  }
}

const areSame = (some: readonly Hat[], others: readonly Hat[]): boolean =>
  some.length === others.length && some.every(({ form, title }, index) => others[index]?.form === form && others[index].title === title);

/** Something that is not stored changed: who shows the room asks again. */
const touched = (address: string): BridgeEvent => ({ type: 'conversation.patched', conversationId: conversationOf(address), patch: {} });
