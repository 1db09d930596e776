import { randomUUID } from 'node:crypto';
import type { BridgeEvent, MessageOrigin } from '#bridge';
import { remotePersonId, transactionId, type RemoteConversationId, type RemoteMessageId, type RemotePersonId } from '#model';
import { readOccupantId } from './extensions/0421-occupant-id.ts';
import { readTyping } from './extensions/0085-chat-states.ts';
import { readCorrection } from './extensions/0308-message-correction.ts';
import { readMarker } from './extensions/0333-chat-markers.ts';
import { readOriginId, usableId } from './extensions/0359-stable-ids.ts';
import { readMention } from './extensions/0372-references.ts';
import { isKeyTransport } from './extensions/0380-encryption-hint.ts';
import { readModeration } from './extensions/0425-moderation.ts';
import { readRetraction } from './extensions/0424-message-retraction.ts';
import { readReactions } from './extensions/0444-reactions.ts';
import { conversationOf, personOf, roomMessage, senderMessage, unarchivedMessage } from './ids.ts';
import { readContent } from './message-content.ts';
import { parseJid } from './jid.ts';
import { systemLine } from './room-lines.ts';
import type { RoomAuthorship } from './room-authorship.ts';
import { correctionOf, readTombstoneContent, type Envelope } from './receive.ts';
import type { XmlElement } from './stream/xml/element.ts';

export interface RoomContext {
  readonly room: string;
  readonly ownBareJid: string;
  readonly ownNick: string;
  readonly ownOccupantId: string | null;
  readonly nowMs: number;
  /** The room writes the ids itself; elsewhere anybody could send one. */
  readonly hasOccupantIds: boolean;
  /** Who may change what where the room gives no occupant ids. */
  readonly authorship?: RoomAuthorship | undefined;
}

/** Who an occupant is: by the id that the room vouches for, or by nickname where the room gives none. */
export const occupantPerson = (room: string, nick: string, occupantId: string | null): RemotePersonId =>
  occupantId === null ? personOf(`${room}/${nick}`) : remotePersonId(`${room}#${occupantId}`);

/**
 * A message of a room, as events. Reactions, retractions and replies name the room's id of a message, corrections
 * the sender's (XEP-0308, XEP-0424, XEP-0444). What comes from the room itself, without a nickname, is its own word.
 */
export function receiveRoomMessage(envelope: Envelope, context: RoomContext): BridgeEvent[] {
  const { message } = envelope;
  const { room } = context;
  const nick = parseJid(message.attribute('from') ?? '')?.resource ?? '';
  const conversationId = conversationOf(room);
  const atMs = envelope.stampMs ?? context.nowMs;
  const occupantId = context.hasOccupantIds ? readOccupantId(message) : null;
  const isOwn =
    nick !== '' &&
    (occupantId !== null && context.ownOccupantId !== null
      ? occupantId === context.ownOccupantId
      : nick === context.ownNick);
  const personId = nick === '' ? personOf(room) : isOwn ? personOf(context.ownBareJid) : occupantPerson(room, nick, occupantId);

  const subject = message.child('subject');
  if (subject !== undefined && message.child('body') === undefined) {
    return [{ type: 'conversation.patched', conversationId, patch: { topic: subject.text().slice(0, 1_000) } }];
  }
  const typing = readTyping(message);
  const events: BridgeEvent[] = [];
  if (typing !== null && !isOwn && envelope.origin === 'live') {
    events.push({ type: 'typing', conversationId, personId, isTyping: typing });
  }
  const marker = readMarker(message);
  if (marker?.kind === 'read') events.push(readMarkOf({ conversationId, personId, isOwn, atMs, target: roomMessage(room, marker.id) }));
  const reactions = readReactions(message);
  if (reactions !== null) {
    const target = roomMessage(room, reactions.id);
    events.push({ type: 'reactions.replaced', conversationId, target, personId, emojis: reactions.emojis });
    return events;
  }
  // Where only a nickname names the author, it has to be the one who was there when the message was written.
  const mayChange = (id: string): boolean =>
    occupantId !== null || nick === '' || context.authorship === undefined || context.authorship.mayChange(nick, id);
  const retraction = readRetraction(message);
  if (retraction !== null) {
    // Only the room, which speaks without a nickname, may take away what somebody else wrote.
    const isModerated = retraction.isModerated && nick === '';
    if (retraction.isModerated && !isModerated) return events;
    if (!isModerated && !mayChange(retraction.id)) {
      const detail = `${nick} of ${room} took back what somebody else may have written`.slice(0, 500);
      return [...events, { type: 'security', rule: 'retraction-by-nickname', detail }];
    }
    const target = roomMessage(room, retraction.id);
    events.push({ type: 'message.deleted', conversationId, target, by: personId, isModerated, deletedAtMs: atMs });
    return isModerated ? [...events, ...moderationLine(message, room, retraction.id, atMs, envelope.origin)] : events;
  }
  const content = isKeyTransport(message)
    ? null
    : (readTombstoneContent(envelope, context.nowMs, atMs) ?? readContent(message, true));
  if (content === null) return events;
  const corrected = readCorrection(message);
  // A correction nobody can vouch for is shown beside the message, not in its place.
  if (corrected !== null && mayChange(corrected)) {
    return [...events, ...correctionOf(content, { conversationId, by: personId, atMs }, corrected)];
  }
  const senderId = readOriginId(message) ?? usableId(message.attribute('id'));
  const { replyTo } = content;
  if (occupantId === null && envelope.origin === 'live') context.authorship?.wrote(nick, [senderId, envelope.archiveId]);
  const { ownBareJid, ownNick, ownOccupantId } = context;
  const isMention = !isOwn && readMention(message, content.text, { ownBareJid, room, nick: ownNick, occupantId: ownOccupantId });
  events.push({
    type: 'message.upserted',
    origin: envelope.origin,
    message: {
      ...content,
      kind: nick === '' ? 'notice' : content.kind,
      replyTo: replyTo && { ...replyTo, remoteId: roomMessage(room, replyTo.remoteId) },
      conversationId,
      remoteId: nameOf(envelope, room, isOwn ? null : personId, senderId),
      alternateId: senderId === null ? undefined : senderMessage(senderId),
      transactionId: isOwn && senderId !== null ? transactionId(senderId) : undefined,
      senderId: personId,
      senderName: nick === '' ? undefined : nick,
      isOwn,
      ...(isMention ? { isMention } : {}),
      sentAtMs: atMs,
      delivery: isOwn ? 'sent' : undefined,
    },
  });
  return events;
}

/** Somebody read up to there; one of ours is another device of ours. */
function readMarkOf({ conversationId, personId, isOwn, target, atMs }: ReadMark): BridgeEvent {
  if (isOwn) return { type: 'marker.upserted', conversationId, target };
  return { type: 'receipt.upserted', conversationId, personId, kind: 'read', scope: 'upTo', target, atMs };
}

interface ReadMark {
  readonly conversationId: RemoteConversationId;
  readonly personId: RemotePersonId;
  readonly isOwn: boolean;
  readonly target: RemoteMessageId;
  readonly atMs: number;
}

/** The moderator's words, where there are any; the same line whether it comes live or from the archive. */
function moderationLine(message: XmlElement, room: string, id: string, atMs: number, origin: MessageOrigin): BridgeEvent[] {
  const { reason, by } = readModeration(message);
  if (reason === '') return [];
  const text = `A message was taken away${by === '' ? '' : ` by ${by}`}: ${reason}`;
  return [systemLine(room, text, atMs, { origin, name: `moderated-${id}`, happening: { kind: 'moderated', isSelf: false, by: by === '' ? undefined : by, reason } })];
}

/** `author`: null when it is ours, whose ids are unique by themselves. */
function nameOf(envelope: Envelope, room: string, author: string | null, senderId: string | null): RemoteMessageId {
  if (envelope.archiveId !== null) return roomMessage(room, envelope.archiveId);
  if (author === null && senderId !== null) return senderMessage(senderId);
  return unarchivedMessage(author ?? room, senderId ?? randomUUID());
}
