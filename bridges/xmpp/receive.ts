import { randomUUID } from 'node:crypto';
import type { BridgeEvent, MessageOrigin } from '#bridge';
import { transactionId, type RemoteConversationId, type RemoteMessageId, type RemotePersonId } from '#model';
import { readTyping } from './extensions/0085-chat-states.ts';
import { readReceipt } from './extensions/0184-delivery-receipts.ts';
import { readCorrection } from './extensions/0308-message-correction.ts';
import { readMarker } from './extensions/0333-chat-markers.ts';
import { readOriginId, usableId } from './extensions/0359-stable-ids.ts';
import { isKeyTransport } from './extensions/0380-encryption-hint.ts';
import { readRetraction, readTombstone } from './extensions/0424-message-retraction.ts';
import { readReactions } from './extensions/0444-reactions.ts';
import { archivedMessage, conversationOf, personOf, senderMessage, unarchivedMessage } from './ids.ts';
import { bareJid, fullJid } from './jid.ts';
import { readContent, type MessageContent } from './message-content.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** A message stanza with what is known about how it came, free of carbon and archive wrapping. */
export interface Envelope {
  readonly message: XmlElement;
  readonly origin: MessageOrigin;
  /** The name that our own archive gave it. */
  readonly archiveId: string | null;
  /** The time that our server gave it; absent for one that arrives as it is written. */
  readonly stampMs: number | null;
}

export interface ReceiveContext {
  readonly ownBareJid: string;
  readonly nowMs: number;
  /** Whether this bare address is a room we are in: its occupants are then told apart by the whole address. */
  isRoom(bareJid: string): boolean;
}

/** A message between two people, as events. Pure: the same stanza gives the same events. */
export function receiveDirectMessage(envelope: Envelope, context: ReceiveContext): BridgeEvent[] {
  const { message } = envelope;
  const parties = partiesOf(message, context);
  if (parties === null) return [];
  if (message.attribute('type') === 'error') return deliveryFailure(message, parties.other);

  const { author, other, isOwn } = parties;
  const conversationId = conversationOf(other);
  const personId = personOf(author);
  const atMs = envelope.stampMs ?? context.nowMs;

  const events: BridgeEvent[] = [];
  const typing = readTyping(message);
  if (typing !== null && !isOwn && envelope.origin === 'live') {
    events.push({ type: 'typing', conversationId, personId, isTyping: typing });
  }
  events.push(...receiptEvents(message, parties, atMs));

  const reactions = readReactions(message);
  if (reactions !== null) {
    const { id, emojis } = reactions;
    events.push({ type: 'reactions.replaced', conversationId, target: senderMessage(id), personId, emojis });
    return events;
  }
  // Gateways send a retraction as a correction too; taking the text away is what was meant.
  const retraction = readRetraction(message);
  if (retraction !== null) {
    const target = senderMessage(retraction.id);
    events.push({ type: 'message.deleted', conversationId, target, by: personId, deletedAtMs: atMs });
    return events;
  }
  if (isKeyTransport(message)) return events;
  const content = readTombstoneContent(envelope, context.nowMs, atMs) ?? readContent(message, false);
  if (content === null) return events;

  const corrected = readCorrection(message);
  if (corrected !== null) return [...events, ...correctionOf(content, { conversationId, by: personId, atMs }, corrected)];
  const senderId = readOriginId(message) ?? usableId(message.attribute('id'));
  events.push({
    type: 'message.upserted',
    origin: envelope.origin,
    message: {
      conversationId,
      remoteId: envelope.archiveId === null ? unnamed(parties, senderId) : archivedMessage(envelope.archiveId),
      alternateId: senderId === null ? undefined : senderMessage(senderId),
      transactionId: isOwn && senderId !== null ? transactionId(senderId) : undefined,
      senderId: personId,
      isOwn,
      sentAtMs: atMs,
      delivery: isOwn ? 'sent' : undefined,
      ...content,
    },
  });
  return events;
}

/** What was written in the place of an earlier message. What we cannot read must not stand where we could read. */
export function correctionOf(
  { kind, text, attachments }: MessageContent,
  { conversationId, by, atMs }: { readonly conversationId: RemoteConversationId; readonly by: RemotePersonId; readonly atMs: number },
  corrected: string,
): BridgeEvent[] {
  const patch = { text, attachments, editedAtMs: atMs };
  return kind === 'unreadable' ? [] : [{ type: 'message.patched', conversationId, target: senderMessage(corrected), by, patch }];
}

/** What is left in an archive of a message that was taken back. Only an archive may say so. */
export function readTombstoneContent(
  { message, origin, archiveId }: Envelope,
  nowMs: number,
  atMs: number,
): (MessageContent & { readonly deletedAtMs: number }) | null {
  const tombstone = origin === 'live' || archiveId === null ? null : readTombstone(message, nowMs);
  return tombstone === null ? null : { kind: 'message', text: '', deletedAtMs: tombstone.stampMs ?? atMs };
}

export interface Parties {
  readonly author: string;
  /** The other side of the conversation. */
  readonly other: string;
  readonly isOwn: boolean;
}

/** Who wrote to whom. Null: neither side is us, so it is not ours to show. */
export function partiesOf(message: XmlElement, context: ReceiveContext): Parties | null {
  const address = (jid: string | undefined): string | null => {
    if (jid === undefined) return context.ownBareJid;
    const bare = bareJid(jid);
    return bare !== null && context.isRoom(bare) ? fullJid(jid) : bare;
  };
  const from = address(message.attribute('from'));
  const to = address(message.attribute('to'));
  if (from === null || to === null) return null;
  if (from === context.ownBareJid) return { author: from, other: to, isOwn: true };
  return to === context.ownBareJid ? { author: from, other: from, isOwn: false } : null;
}

/** Receipts and markers: of the other about our messages, or of our other devices about theirs. */
function receiptEvents(message: XmlElement, { author, other, isOwn }: Parties, atMs: number): BridgeEvent[] {
  const conversationId = conversationOf(other);
  const marker = readMarker(message);
  if (isOwn) {
    if (marker?.kind !== 'read') return [];
    return [{ type: 'marker.upserted', conversationId, target: senderMessage(marker.id) }];
  }
  const receivedId = readReceipt(message);
  const kind = receivedId !== null ? 'delivered' : marker?.kind;
  const id = receivedId ?? marker?.id;
  if (kind === undefined || id === undefined) return [];
  const scope = kind === 'read' ? 'upTo' : 'message';
  return [
    { type: 'receipt.upserted', conversationId, personId: personOf(author), kind, scope, target: senderMessage(id), atMs },
  ];
}

/** Our message came back. The conversation shows which one, and why. */
function deliveryFailure(message: XmlElement, other: string): BridgeEvent[] {
  const id = usableId(message.attribute('id'));
  if (id === null) return [];
  const { fault } = StanzaError.from(message);
  return [
    {
      type: 'message.delivery',
      conversationId: conversationOf(other),
      target: senderMessage(id),
      transactionId: transactionId(id),
      delivery: 'failed',
      fault: { ...fault, code: 'rejected' },
    },
  ];
}

/** Ids of our own making are unique by themselves; those of others are not to be mixed up with them. */
const unnamed = ({ author, isOwn }: Parties, senderId: string | null): RemoteMessageId =>
  isOwn && senderId !== null ? senderMessage(senderId) : unarchivedMessage(author, senderId ?? randomUUID());
