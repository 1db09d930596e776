import { toFault } from '#bridge';
import type { Extension, ExtensionContext, ExtensionDefinition } from './extension.ts';
import { isConfigurationChange } from './extensions/0045-multi-user-chat.ts';
import { bareJid } from './jid.ts';
import { readRoomAbout } from './room-about.ts';

/** Asks a room again what it is like when it says that its settings changed, a few rooms at a time and not at once. */
export class RoomDetails {
  readonly #context: ExtensionContext;
  readonly #asking = new Set<string>();

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

  async #learn(room: string): Promise<void> {
    const { link, log } = this.#context;
    try {
      const about = readRoomAbout(await link.services.info(room));
      link.rooms.learn(room, about);
      if (link.rooms.isJoined(room)) await this.#context.write([link.rooms.conversation(room, 'joined')]);
    } catch (error) {
      log.info('a room could not be asked what it is like', { error: toFault(error).detail });
    } finally {
      this.#asking.delete(room);
    }
  }
}

/** Follows changed settings of our rooms. */
export const roomDetails: ExtensionDefinition = {
  name: 'room-details',
  attach: (context): Extension => {
    const details = new RoomDetails(context);
    return {
      receiveMessage: (message) => {
        details.notice(message);
        return null;
      },
    };
  },
};
