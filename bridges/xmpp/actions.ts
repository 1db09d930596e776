import {
  BridgeError,
  toFault,
  type EditAbility,
  type MessageTarget,
  type PlainTextAbility,
  type ReactionAbility,
  type ReceiptAbility,
  type SendControl,
  type SendReceipt,
  type TypingAbility,
} from '#bridge';
import type { MessageKind, OutgoingAttachment, OutgoingMessage, RemoteAttachment, RemoteConversationId, SendHints } from '#model';
import { randomUUID } from 'node:crypto';
import type { AccountLink } from './account-link.ts';
import { publishDisplayed } from './displayed-sync.ts';
import { attachmentOf } from './extensions/0066-out-of-band-data.ts';
import { isAction, withMe, withoutMe } from './extensions/0245-me-command.ts';
import { writeSource } from './file-source.ts';
import { addressOf, senderIdIn, senderMessage, stanzaIdInRoom } from './ids.ts';
import {
  correctionMessage,
  displayedMessage,
  reactionMessage,
  retractionMessage,
  textMessage,
  typingMessage,
  type NamedPerson,
  type Recipient,
} from './send.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

/** The part of the stream engine that takes what we say. */
export type StanzaSender = Pick<StreamEngine, 'send' | 'sendMessage' | 'hasMessage' | 'request'>;

/** Everything a person does in a conversation, as stanzas of ours. */
export class Actions implements EditAbility, ReactionAbility, ReceiptAbility, TypingAbility, PlainTextAbility {
  readonly #link: AccountLink;
  readonly #engine: StanzaSender;
  /** Conversations in which a person chose to write unencrypted. Forgotten with this session. */
  readonly #plainAllowed = new Set<string>();

  constructor(link: AccountLink, engine: StanzaSender) {
    this.#link = link;
    this.#engine = engine;
  }

  async send(outgoing: OutgoingMessage, control: SendControl = {}): Promise<SendReceipt> {
    const to = this.#recipient(outgoing.conversationId);
    this.#refuseClearText(to);
    const id = outgoing.transactionId;
    const attachment = outgoing.attachment === undefined ? null : await this.#upload(outgoing, control);
    // To upload takes minutes: the other side may encrypt by now, and the address of the file is text.
    this.#refuseClearText(to);
    if (!to.isRoom) this.#link.held.note(id, to.jid, 'message');
    await this.#engine.sendMessage(textMessage(to, outgoing, this.#original(to, outgoing), attachment, this.#named(to, outgoing)), id);
    return {
      // Both names alike say that this is the weak one; the archive's copy brings the strong one.
      remoteId: senderMessage(id),
      alternateId: senderMessage(id),
      sentAtMs: Date.now(),
      ...(attachment === null ? {} : { attachments: [attachment] }),
      ...(isAction(outgoing.text) ? { shownAs: { kind: 'action', text: withoutMe(outgoing.text) } } : {}),
    };
  }

  async edit(target: MessageTarget, text: string, id: string, hints?: SendHints, shownAs?: MessageKind): Promise<void> {
    const to = this.#recipient(target.conversationId);
    this.#refuseClearText(to);
    await this.#engine.sendMessage(correctionMessage(to, id, senderName(target), shownAs === 'action' ? withMe(text) : text, hints), id);
  }

  async delete(target: MessageTarget, id: string): Promise<void> {
    const to = this.#recipient(target.conversationId);
    await this.#engine.sendMessage(retractionMessage(to, id, archiveName(to, target)), id);
  }

  async react(target: MessageTarget, emojis: readonly string[], id: string): Promise<void> {
    const to = this.#recipient(target.conversationId);
    this.#refuseClearText(to);
    await this.#engine.sendMessage(reactionMessage(to, id, archiveName(to, target), emojis), id);
  }

  /**
   * Our other devices always learn what we read; of people only those who may see our presence; of rooms only those that
   * let in members only, where somebody asked for it and the person wants it told.
   */
  async markRead(target: MessageTarget, isShared = true, isSharedInRooms = false): Promise<void> {
    const to = this.#recipient(target.conversationId);
    const name = to.isRoom ? stanzaIdInRoom(to.jid, target.remoteId) : nameBySender(target);
    const mayKnow = to.isRoom
      ? isSharedInRooms && to.isClosedRoom === true && name !== null && this.#link.roomMarkers.isAskedFor(to.jid, name)
      : this.#link.roster.seesPresence(to.jid);
    const isTold = isShared && name !== null && mayKnow;
    if (isTold && !this.#engine.send(displayedMessage(to, randomUUID(), name))) throw new BridgeError('offline');
    await publishDisplayed(this.#link, this.#engine, target);
  }

  /** A person decided to write here although the other side encrypts. */
  allowPlain(conversationId: RemoteConversationId): void {
    this.#plainAllowed.add(addressOf(conversationId));
  }

  forbidPlain(conversationId: RemoteConversationId): void {
    this.#plainAllowed.delete(addressOf(conversationId));
  }

  isPlainAllowed(jid: string): boolean {
    return this.#plainAllowed.has(jid);
  }

  setTyping(conversationId: RemoteConversationId, isTyping: boolean): Promise<void> {
    const to = this.#recipient(conversationId);
    const maySee = to.isRoom ? this.#link.rooms.isJoined(to.jid) : this.#link.roster.seesPresence(to.jid);
    if (maySee) this.#engine.send(typingMessage(to, isTyping ? 'composing' : 'active'));
    return Promise.resolve();
  }

  /** What a reply refers to, in the words of the wire. */
  #original(to: Recipient, { replyTo }: OutgoingMessage): { id: string; author: string | undefined } | null {
    if (replyTo === undefined) return null;
    const { remoteId, alternateId, senderId } = replyTo;
    const inRoom = to.isRoom ? stanzaIdInRoom(to.jid, remoteId) : null;
    // Between two people it is the sender's own id; what else is there is better than no reference at all.
    const id = inRoom ?? alternateId ?? senderIdIn(remoteId) ?? remoteId;
    if (!to.isRoom) return { id, author: senderId };
    const author = senderId === undefined ? null : this.#link.rooms.occupantAddress(to.jid, senderId);
    return { id, author: author ?? undefined };
  }

  /** Who is named, as occupants of the room: their own addresses are not ours to tell. */
  #named({ jid, isRoom }: Recipient, { mentions = [], text }: OutgoingMessage): readonly NamedPerson[] {
    if (!isRoom) return [];
    return mentions.slice(0, mostNamed).flatMap(({ personId, start, end }) => {
      const address = this.#link.rooms.occupantAddress(jid, personId);
      const isPlace = start >= 0 && start < end && end <= text.length;
      return address === null || !isPlace ? [] : [{ uri: occupantUri(jid, address), start, end }];
    });
  }

  #recipient(conversationId: RemoteConversationId): Recipient {
    const jid = addressOf(conversationId);
    const { rooms, journal } = this.#link;
    const isRoom = rooms.has(jid) || Object.hasOwn(journal.state.rooms, jid);
    if (isRoom && !rooms.isJoined(jid)) throw new BridgeError('offline', { detail: 'the room is not entered yet' });
    return { jid, isRoom, ...(isRoom && rooms.about(jid).isMembersOnly ? { isClosedRoom: true } : {}) };
  }

  #refuseClearText(to: Recipient): void {
    if (this.#link.inbox.isEncrypted(to.jid) && !this.isPlainAllowed(to.jid)) throw new BridgeError('encrypted-conversation');
  }

  /** A message that is under way already keeps the place of its file; uploading it again would serve nobody. */
  async #upload({ attachment, transactionId }: OutgoingMessage, control: SendControl): Promise<RemoteAttachment | null> {
    if (attachment === undefined || this.#engine.hasMessage(transactionId)) return null;
    const url = await this.#place(attachment, control);
    const named = attachmentOf(url);
    if (named === null) throw new BridgeError('server-incompatible', { detail: 'the server gave an unusable address' });
    const { name, mime, sizeBytes, sha256 } = attachment;
    const source = writeSource({ sources: [{ url, key: null }], sha256: sha256 ?? null });
    return { ...named, name, mime, sizeBytes, source };
  }

  /** Puts the file on the server. A place that failed is asked for anew: some servers take a name only once. */
  async #place(file: OutgoingAttachment, control: SendControl): Promise<string> {
    const { name, mime, sizeBytes } = file;
    for (let attempt = 1; ; attempt += 1) {
      const slot = await this.#link.services.requestSlot(name, sizeBytes, mime);
      try {
        await this.#link.files.upload(slot.putUrl, slot.headers, file, control);
        return slot.getUrl;
      } catch (error) {
        const isWorthwhile = toFault(error).code === 'server-unreachable' && control.signal?.aborted !== true;
        if (!isWorthwhile || attempt === mostPlaces) throw error;
      }
    }
  }
}

const mostNamed = 50;
const occupantUri = (room: string, address: string): string => `xmpp:${room}/${encodeURIComponent(address.slice(room.length + 1))}`;

/** After that the outbox waits before it tries again. */
const mostPlaces = 2;

const nameBySender = ({ alternateId, remoteId }: Pick<MessageTarget, 'alternateId' | 'remoteId'>): string | null =>
  alternateId ?? senderIdIn(remoteId);

/** The id that the sender gave, which is what corrections and markers name. */
function senderName(target: Pick<MessageTarget, 'alternateId' | 'remoteId'>): string {
  const name = nameBySender(target);
  if (name === null) throw new BridgeError('unsupported', { detail: 'the sender gave this message no id' });
  return name;
}

/** In a room only the room's own id means the same to everybody. */
function archiveName(to: Recipient, target: MessageTarget): string {
  return to.isRoom ? (stanzaIdInRoom(to.jid, target.remoteId) ?? senderName(target)) : senderName(target);
}
