import { randomUUID } from 'node:crypto';
import { BridgeError } from '#bridge';
import type { Extension, ExtensionContext } from './extension.ts';
import { readVoiceRequest, voiceAnswer, type VoiceRequest } from './extensions/0045-voice-requests.ts';
import { conversationOf } from './ids.ts';
import { systemLine } from './room-lines.ts';
import type { XmlElement } from './stream/xml/element.ts';

const mostRooms = 50;
const mostInRoom = 30;

/** Who asks to speak in the rooms that we moderate. Not kept over a restart: the room asks whoever is there. */
export class VoiceRequests implements Extension {
  readonly #context: ExtensionContext;
  readonly #open = new Map<string, Map<string, VoiceRequest>>();

  constructor(context: ExtensionContext) {
    this.#context = context;
  }

  /** Whether they ask, and have got no voice since from another moderator. */
  has(room: string, nick: string): boolean {
    return this.#open.get(room)?.has(nick) === true && this.#roleOf(room, nick) === 'visitor';
  }

  receiveMessage(message: XmlElement): ReturnType<NonNullable<Extension['receiveMessage']>> {
    const request = readVoiceRequest(message);
    if (request === null) return null;
    const { room, nick } = request;
    const { rooms } = this.#context.link;
    if (!rooms.isJoined(room) || rooms.role(room) !== 'moderator' || this.#roleOf(room, nick) !== 'visitor') return [];
    const isNew = !this.has(room, nick);
    if (!this.#put(request) || !isNew) return [];
    const line = systemLine(room, `${nick} asks to speak`, this.#context.now(), { happening: { kind: 'asks-voice', isSelf: false, name: nick } });
    return [line, { type: 'conversation.patched', conversationId: conversationOf(room), patch: {} }];
  }

  /** @throws BridgeError `not-found`, `offline` */
  async answer(room: string, nick: string, isAllowed: boolean): Promise<void> {
    const request = this.#open.get(room)?.get(nick);
    if (request === undefined) throw new BridgeError('not-found', { detail: 'they do not ask any more' });
    if (!this.#context.engine.send(voiceAnswer(request, randomUUID(), isAllowed))) throw new BridgeError('offline');
    this.#open.get(room)?.delete(nick);
    await this.#context.write([{ type: 'conversation.patched', conversationId: conversationOf(room), patch: {} }]);
  }

  #roleOf(room: string, nick: string): string | undefined {
    return this.#context.link.rooms.occupantNamed(room, nick)?.role;
  }

  #put(request: VoiceRequest): boolean {
    const { room, nick } = request;
    const inRoom = this.#open.get(room) ?? new Map<string, VoiceRequest>();
    for (const asking of inRoom.keys()) if (!this.has(room, asking)) inRoom.delete(asking);
    if (inRoom.size >= mostInRoom && !inRoom.has(nick)) return false;
    this.#open.delete(room);
    this.#open.set(room, inRoom.set(nick, request));
    const [oldest] = this.#open.keys();
    if (this.#open.size > mostRooms && oldest !== undefined) this.#open.delete(oldest);
    return true;
  }
}
