import { toFault, type BridgeEvent } from '#bridge';
import { remoteAvatar } from './avatars.ts';
import type { Extension, ExtensionContext, ExtensionDefinition } from './extension.ts';
import { isConfigurationChange, readInvitation } from './extensions/0045-multi-user-chat.ts';
import { readPhotoHash } from './extensions/0153-vcard-avatars.ts';
import { conversationOf } from './ids.ts';
import { bareJid } from './jid.ts';
import { readRoomAbout } from './room-about.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** Asks a room again what it is like when it says that its settings changed, a few rooms at a time and not at once. */
export class RoomDetails {
  readonly #context: ExtensionContext;
  readonly #asking = new Set<string>();
  /** Rooms that tell of their picture by presence: that they do not name it elsewhere means nothing. */
  readonly #toldByPresence = new Set<string>();

  constructor(context: ExtensionContext) {
    this.#context = context;
  }

  /** Not a claim: the message goes on to whoever else reads it. */
  notice(message: Parameters<NonNullable<Extension['receiveMessage']>>[0]): void {
    const from = message.attribute('from');
    const room = bareJid(from);
    // Only the room itself speaks without a nickname.
    if (room === null || from?.includes('/') === true || message.attribute('type') !== 'groupchat') return;
    if (!isConfigurationChange(message) || !this.#context.link.rooms.isJoined(room) || this.#asking.has(room)) return;
    this.#asking.add(room);
    queueMicrotask(() => void this.#learn(room));
  }

  /**
   * A gateway's rooms have addresses that say nothing, and a chat of two is a room to some: what it is called is asked of the
   * gateway. No other room is asked before we enter it, for whoever keeps that would hear that somebody looks.
   */
  noticeInvitation(message: XmlElement): void {
    const room = readInvitation(message)?.room;
    if (room === undefined || this.#asking.has(room) || this.#context.link.gateways.networkOf(room) === undefined) return;
    this.#asking.add(room);
    queueMicrotask(() => void this.#learnName(room));
  }

  /** Servers from before XEP-0486 tell of a room's picture in a presence of the room itself. */
  noticePicture(presence: XmlElement): readonly BridgeEvent[] {
    const from = presence.attribute('from');
    const room = bareJid(from);
    const hash = readPhotoHash(presence);
    const { rooms } = this.#context.link;
    if (room === null || hash === undefined || from?.includes('/') === true || !rooms.isJoined(room)) return [];
    this.#toldByPresence.add(room);
    if (rooms.about(room).avatarHash === hash) return [];
    rooms.learn(room, { avatarHash: hash });
    const avatar = hash === null ? null : remoteAvatar('vcard', room, hash);
    return [{ type: 'conversation.patched', conversationId: conversationOf(room), patch: { avatar } }];
  }

  async #learnName(room: string): Promise<void> {
    const { link, log } = this.#context;
    try {
      const { title } = readRoomAbout(await link.services.info(room));
      const events = title === null ? [] : link.rooms.named(room, title);
      if (events.length > 0) await this.#context.write(events);
    } catch (error) {
      log.info('a room we are asked into could not be asked for its name', { error: toFault(error).detail });
    } finally {
      this.#asking.delete(room);
    }
  }

  async #learn(room: string): Promise<void> {
    const { link, log } = this.#context;
    try {
      const about = readRoomAbout(await link.services.info(room));
      const { avatarHash } = this.#toldByPresence.has(room) ? link.rooms.about(room) : about;
      link.rooms.learn(room, { ...about, avatarHash });
      if (link.rooms.isJoined(room)) await this.#context.write([link.rooms.conversation(room, 'joined')]);
    } catch (error) {
      log.info('a room could not be asked what it is like', { error: toFault(error).detail });
    } finally {
      this.#asking.delete(room);
    }
  }
}

/** Follows changed settings of our rooms, and asks what those are called that a gateway asks us into. */
export const roomDetails: ExtensionDefinition = {
  name: 'room-details',
  attach: (context): Extension => {
    const details = new RoomDetails(context);
    return {
      receivePresence: (presence) => details.noticePicture(presence),
      receiveMessage: (message) => {
        details.notice(message);
        details.noticeInvitation(message);
        return null;
      },
    };
  },
};
