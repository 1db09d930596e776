import { randomUUID } from 'node:crypto';
import {
  BridgeError,
  type JoinOptions,
  type MessageTarget,
  type NewRoom,
  type RoomAbility,
  type RoomMember,
  type RoomPowers,
  type RoomRank,
} from '#bridge';
import type { NotifyLevel, RemoteConversationId, RemotePersonId } from '#model';
import type { AccountLink } from './account-link.ts';
import { createRoom } from './create-room.ts';
import { dataFormIn, readDataForm, submitForm } from './extensions/0004-data-forms.ts';
import { mediatedInvitation, subjectMessage } from './extensions/0045-multi-user-chat.ts';
import { configurationQuery, destroyRoom, setRank, setRole, submitConfiguration } from './extensions/0045-room-administration.ts';
import { voiceRequest } from './extensions/0045-voice-requests.ts';
import { directInvitation } from './extensions/0249-direct-invitations.ts';
import { moderate } from './extensions/0425-moderation.ts';
import { publishAvatar } from './extensions/0486-room-avatars.ts';
import { addressOf, conversationOf, stanzaIdInRoom } from './ids.ts';
import { bareJid, formatBare, parseJid } from './jid.ts';
import { forgetRoom, joinRoom } from './join-room.ts';
import { ns } from './namespaces.ts';
import { ownNick } from './own-nick.ts';
import { listMembers, RankLists } from './room-members.ts';
import { searchRooms, type RoomPage } from './search-rooms.ts';
import type { StreamEngine } from './stream/stream-engine.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** Everything a person does with rooms beyond talking in them. */
export class RoomDesk implements RoomAbility {
  readonly #link: AccountLink;
  readonly #engine: Pick<StreamEngine, 'send' | 'request'>;
  readonly #lists = new RankLists();

  constructor(link: AccountLink, engine: Pick<StreamEngine, 'send' | 'request'>) {
    this.#link = link;
    this.#engine = engine;
  }

  async create(wanted: NewRoom): Promise<RemoteConversationId> {
    const room = await createRoom(this.#link, this.#engine, wanted);
    const id = conversationOf(room);
    // The room is made; an invitation that cannot be sent is no reason to say it is not.
    for (const address of wanted.invite) await this.invite(id, address, '').catch(() => undefined);
    return id;
  }

  async join(address: string, options: JoinOptions): Promise<RemoteConversationId> {
    const jid = parseJid(address.trim().replace(/^xmpp:/i, '').replace(/\?.*$/s, ''));
    if (jid === null || jid.local === '') throw new BridgeError('wrong-address', { detail: 'a room looks like name@server' });
    const id = conversationOf(formatBare(jid));
    await this.enter(id, options);
    return id;
  }

  async enter(id: RemoteConversationId, { nickname, password }: JoinOptions): Promise<void> {
    const { rooms, journal, ownBareJid } = this.#link;
    const room = addressOf(id);
    if (rooms.isJoined(room)) return;
    const nick = nickname ?? journal.state.rooms[room]?.nick ?? this.#link.bookmarks.get(room)?.nick ?? ownNick(ownBareJid);
    await joinRoom(this.#link, room, nick, { keepsNick: true, ...(password === undefined ? {} : { password }) });
  }

  search(text: string, service: string | null, next: string | null, signal: AbortSignal): Promise<RoomPage> {
    return searchRooms(this.#link, this.#engine, { text, service, next, signal });
  }

  members(id: RemoteConversationId, includeBanned: boolean): Promise<readonly RoomMember[]> {
    return listMembers(this.#link, this.#engine, this.#lists, id, includeBanned);
  }

  powers(id: RemoteConversationId): RoomPowers {
    return this.#link.rooms.powers(addressOf(id));
  }

  setTopic(id: RemoteConversationId, topic: string): Promise<void> {
    this.#send(subjectMessage(addressOf(id), randomUUID(), topic));
    return Promise.resolve();
  }

  async rename(id: RemoteConversationId, name: string): Promise<void> {
    const room = addressOf(id);
    const answer = await this.#engine.request({ type: 'get', to: room, payload: configurationQuery() });
    const query = answer.child('query', ns.mucOwner);
    const form = query && dataFormIn(query);
    if (form === undefined) throw new BridgeError('server-incompatible', { server: room });
    await this.#set(room, submitConfiguration(submitForm(readDataForm(form), { 'muc#roomconfig_roomname': [name] })));
    this.#link.rooms.learn(room, { title: name });
    await this.#link.journal.write({ events: [this.#link.rooms.conversation(room, 'joined')] });
  }

  async setNickname(id: RemoteConversationId, nickname: string): Promise<void> {
    const { rooms, journal, bookmarks } = this.#link;
    const room = addressOf(id);
    await rooms.rename(room, nickname);
    await journal.write({
      change: (state) => {
        const known = state.rooms[room];
        return known === undefined ? state : { ...state, rooms: { ...state.rooms, [room]: { ...known, nick: nickname } } };
      },
    });
    await bookmarks.change(room, { nick: nickname }).catch(() => undefined);
  }

  async setAvatar(id: RemoteConversationId, image: { readonly mime: string; readonly bytes: Uint8Array } | null): Promise<void> {
    await this.#set(addressOf(id), publishAvatar(image));
  }

  /** Through the room where it lets in only members, or the invitation would lead to a closed door. */
  invite(id: RemoteConversationId, address: string, reason: string): Promise<void> {
    const room = addressOf(id);
    const to = bareJid(address.trim().replace(/^xmpp:/i, ''));
    if (to === null || !to.includes('@')) return Promise.reject(new BridgeError('wrong-address'));
    const { isMembersOnly } = this.#link.rooms.about(room);
    const password = this.#link.bookmarks.get(room)?.password ?? null;
    this.#send(isMembersOnly ? mediatedInvitation(room, to, randomUUID(), reason) : directInvitation(room, to, randomUUID(), reason, password));
    return Promise.resolve();
  }

  async kick(id: RemoteConversationId, personId: RemotePersonId, reason: string): Promise<void> {
    await this.#set(addressOf(id), setRole(this.#nickOf(id, personId), 'none', reason));
  }

  async setVoice(id: RemoteConversationId, personId: RemotePersonId, hasVoice: boolean): Promise<void> {
    await this.#set(addressOf(id), setRole(this.#nickOf(id, personId), hasVoice ? 'participant' : 'visitor', ''));
  }

  askVoice(id: RemoteConversationId): Promise<void> {
    this.#send(voiceRequest(addressOf(id), randomUUID()));
    return Promise.resolve();
  }

  async answerVoice(id: RemoteConversationId, personId: RemotePersonId, isAllowed: boolean): Promise<void> {
    await this.#link.voiceRequests.answer(addressOf(id), this.#nickOf(id, personId), isAllowed);
  }

  async setRank(
    id: RemoteConversationId,
    { personId, address }: { readonly personId?: RemotePersonId; readonly address?: string },
    rank: RoomRank,
    reason: string,
  ): Promise<void> {
    const room = addressOf(id);
    if (address !== undefined) {
      const jid = bareJid(address);
      if (jid === null) throw new BridgeError('wrong-address');
      return this.#set(room, setRank({ jid }, rank, reason));
    }
    const occupant = personId === undefined ? undefined : this.#link.rooms.occupant(room, personId);
    if (occupant === undefined) throw new BridgeError('not-found');
    const { realJid, nick } = occupant;
    await this.#set(room, setRank(realJid === null ? { nick } : { jid: realJid }, rank, reason));
  }

  async moderate({ conversationId, remoteId }: MessageTarget, reason: string): Promise<void> {
    const room = addressOf(conversationId);
    const { moderation } = this.#link.rooms.about(room);
    const stanzaId = stanzaIdInRoom(room, remoteId);
    if (moderation === null || stanzaId === null) throw new BridgeError('unsupported', { detail: 'the room cannot take messages away' });
    await this.#set(room, moderate(stanzaId, reason, moderation));
  }

  async destroy(id: RemoteConversationId, reason: string): Promise<void> {
    const room = addressOf(id);
    await this.#set(room, destroyRoom(reason));
    this.#link.rooms.leave(room);
    await forgetRoom(this.#link, room, [{ type: 'conversation.patched', conversationId: id, patch: { membership: 'left' } }]);
    await this.#link.bookmarks.left(room);
  }

  async setNotify(id: RemoteConversationId, level: NotifyLevel): Promise<void> {
    if (this.#isRoom(id)) await this.#link.bookmarks.change(addressOf(id), { notify: level });
  }

  async setPinned(id: RemoteConversationId, isPinned: boolean): Promise<void> {
    if (this.#isRoom(id)) await this.#link.bookmarks.change(addressOf(id), { isPinned });
  }

  #isRoom(id: RemoteConversationId): boolean {
    const { rooms, journal } = this.#link;
    return rooms.has(addressOf(id)) || Object.hasOwn(journal.state.rooms, addressOf(id));
  }

  #nickOf(id: RemoteConversationId, personId: RemotePersonId): string {
    const occupant = this.#link.rooms.occupant(addressOf(id), personId);
    if (occupant === undefined) throw new BridgeError('not-found', { detail: 'this person is not in the room now' });
    return occupant.nick;
  }

  async #set(room: string, payload: XmlElement): Promise<void> {
    await this.#engine.request({ type: 'set', to: room, payload });
    this.#lists.forget(room);
  }

  #send(stanza: XmlElement): void {
    if (!this.#engine.send(stanza)) throw new BridgeError('offline');
  }
}
