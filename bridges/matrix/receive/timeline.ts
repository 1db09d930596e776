/**
 * One event of a room's timeline → what the engine should know, and what the bridge itself must remember.
 * Pure, and total: any event that has an id, a sender and a type gets an answer, whatever its content.
 */
import type { BridgeEvent, MessageOrigin } from '#bridge';
import { transactionId, type MessageShield, type RemoteMessage } from '#model';
import { unreadableMark } from '../crypto/decrypt-sync.ts';
import type { Proof } from '../crypto/proof.ts';
import { readReason } from '../crypto/unreadable-reason.ts';
import { asRecord, asString, asText, asTimeMs, readRoomEvent, type JsonRecord, type RoomEvent } from '../event-shape.ts';
import { profileName, withoutProfileFallback } from '../bridged/message-profile.ts';
import { conversationOf, messageOf, personOf } from '../ids.ts';
import { readHappening } from './happenings.ts';
import type { KnownEvent } from './known-event.ts';
import { isMentioned } from './mentions.ts';
import { readMessageContent } from './message-content.ts';
import { isPollStart, pollFallback, pollOf, readPoll, showPoll, writePoll } from './polls.ts';
import { readRelation, readThread, type Relation } from './relations.ts';

export interface TimelineContext {
  readonly roomId: string;
  readonly selfId: string;
  readonly origin: MessageOrigin;
  readonly nowMs: number;
  /** What we know of an earlier event of this room. */
  readonly find: (eventId: string) => KnownEvent | null;
  /** The name somebody goes by. */
  readonly nameOf: (userId: string) => string | null;
  /** Since when the room is encrypted, by its server's clock; absent or null: it is not. */
  readonly encryptedSinceMs?: number | null;
  /** May call everybody in the room. */
  readonly mayCallAll: (userId: string) => boolean;
}

export interface TimelineResult {
  readonly events: readonly BridgeEvent[];
  readonly known: KnownEvent;
  /** The event whose content the server has just erased: nothing of it may stay with us. */
  readonly erased?: string | undefined;
  /** The message whose last correction was taken back: its text must be asked for again. */
  readonly revert?: string | undefined;
  /** The poll whose numbers changed. */
  readonly poll?: string | undefined;
}

const messageTypes: ReadonlySet<string> = new Set([
  'm.room.message',
  'm.sticker',
  'm.room.encrypted',
  'm.poll.start',
  'org.matrix.msc3381.poll.start',
  'm.call.invite',
]);

/** True for events that a timeline shows as a row of their own. */
const isMessageEvent = (event: RoomEvent, relation: Relation): boolean =>
  event.stateKey === undefined && messageTypes.has(event.type) && relation.kind !== 'edit';

const isErased = (event: RoomEvent): boolean =>
  typeof event.unsigned['redacted_because'] === 'object' && event.unsigned['redacted_because'] !== null;

interface Body {
  readonly kind: RemoteMessage['kind'];
  readonly text: string;
  readonly excerpt?: string | undefined;
  readonly attachments?: RemoteMessage['attachments'];
  readonly poll?: RemoteMessage['poll'];
}

const readBody = (event: RoomEvent, content: JsonRecord, relation: Relation): Body => {
  if (event.type === 'm.room.encrypted') {
    const reason = readReason(event.unsigned[unreadableMark]);
    return { kind: 'unreadable', text: reason === null ? '' : `reason:${reason}` };
  }
  if (event.type === 'm.call.invite') return { kind: 'unsupported', text: '' };
  if (isPollStart(event.type)) {
    const poll = readPoll(content);
    return poll === null ? { kind: 'unsupported', text: pollFallback(content) } : { kind: 'message', text: writePoll(poll, null), poll: showPoll(poll) };
  }
  return readMessageContent(event.type, content, relation.kind === 'reply');
};

/** The newest correction, bundled by the server with an event it hands out again; only the author's own counts. */
const readBundledEdit = (event: RoomEvent, nowMs: number): { content: JsonRecord; editedAtMs: number; proof: Proof | null } | null => {
  if (event.type !== 'm.room.message') return null;
  const bundled = readRoomEvent(asRecord(event.unsigned['m.relations'])['m.replace'], nowMs);
  if (bundled?.sender !== event.sender || isErased(bundled)) return null;
  // In clear about what came encrypted: whoever wrote it, it was not the author.
  if (event.proof !== null && bundled.proof === null) return null;
  const content = asRecord(bundled.content['m.new_content']);
  return typeof content['body'] === 'string' ? { content, editedAtMs: bundled.sentAtMs, proof: bundled.proof } : null;
};

/** Only our own server, and only for events of this device, tells the transaction; others could forge it. */
const readTransaction = (event: RoomEvent, selfId: string): Pick<RemoteMessage, 'transactionId'> => {
  const transaction = asString(event.unsigned['transaction_id']);
  return event.sender === selfId && transaction !== undefined && transaction !== ''
    ? { transactionId: transactionId(transaction) }
    : {};
};

/** Anybody can put a message in clear into an encrypted room: its server, or a program that cannot encrypt. */
const shieldOf = (event: RoomEvent, { encryptedSinceMs = null }: TimelineContext): MessageShield | null => {
  if (event.proof !== null) return event.proof.shield;
  return event.type !== 'm.room.encrypted' && encryptedSinceMs !== null && event.sentAtMs >= encryptedSinceMs ? 'in-clear' : null;
};

const readMessage = (event: RoomEvent, relation: Relation, context: TimelineContext): RemoteMessage => {
  const isOwn = event.sender === context.selfId;
  const base = {
    conversationId: conversationOf(context.roomId),
    remoteId: messageOf(event.eventId),
    ...readTransaction(event, context.selfId),
    senderId: personOf(event.sender),
    isOwn,
    sentAtMs: event.sentAtMs,
    ...(isOwn ? { delivery: 'sent' as const } : {}),
  };
  if (isErased(event)) {
    const because = asRecord(event.unsigned['redacted_because']);
    const deletedAtMs = asTimeMs(because['origin_server_ts'], context.nowMs);
    return { ...base, kind: 'message', text: '', deletedAtMs };
  }
  const edit = readBundledEdit(event, context.nowMs);
  const original = readBody(event, event.content, relation);
  const body = edit === null ? original : { ...readBody(event, edit.content, { kind: 'none' }), excerpt: original.excerpt };
  const senderName = profileName(event.content);
  const shield = edit?.proof?.shield ?? shieldOf(event, context);
  // A message of a thread that answers nobody shows what the thread is about.
  const thread = readThread(event.content);
  const answered = relation.kind === 'reply' ? relation.target : thread;
  return {
    ...base,
    kind: body.kind,
    text: withoutProfileFallback(body.text, edit?.content ?? event.content),
    ...(senderName === null ? {} : { senderName }),
    ...(body.attachments === undefined ? {} : { attachments: body.attachments }),
    ...(thread === null ? {} : { threadRootId: messageOf(thread) }),
    ...(body.poll === undefined ? {} : { poll: body.poll }),
    ...(answered === null ? {} : { replyTo: readReply(answered, body.excerpt, context) }),
    ...(edit === null ? {} : { editedAtMs: edit.editedAtMs }),
    ...(isForUs(event, context) ? { isMention: true } : {}),
    ...(shield === null ? {} : { shield }),
  };
};

const isForUs = (event: RoomEvent, { selfId, nameOf, mayCallAll }: TimelineContext): boolean =>
  event.sender !== selfId && isMentioned(event.content, { selfId, ownName: nameOf(selfId), mayCallAll: mayCallAll(event.sender) });

const readReply = (target: string, excerpt: string | undefined, context: TimelineContext): RemoteMessage['replyTo'] => {
  const sender = context.find(target)?.sender;
  return {
    remoteId: messageOf(target),
    ...(sender === undefined ? {} : { senderId: personOf(sender) }),
    ...(excerpt === undefined ? {} : { excerpt }),
  };
};

/** An edit counts only from the author of the message (MSC2676); a foreign one goes to the security log. */
const readEdit = (event: RoomEvent, target: string, context: TimelineContext): readonly BridgeEvent[] => {
  const author = context.find(target)?.sender;
  if (author !== undefined && author !== event.sender) {
    return [{ type: 'security', rule: 'edit-by-other', detail: `${event.sender} tried to edit ${target} of ${author}` }];
  }
  if (event.proof === null && event.type !== 'm.room.encrypted' && needsEncryption(event, target, context)) {
    return [{ type: 'security', rule: 'edit-in-clear', detail: `an unencrypted correction of ${target}, which was encrypted` }];
  }
  const shield = event.proof?.shield ?? null;
  const content = asRecord(event.content['m.new_content']);
  // An edit that cannot be read, or is encrypted, changes nothing.
  if (event.type !== 'm.room.message' || isErased(event) || typeof content['body'] !== 'string') return [];
  const body = readMessageContent(event.type, content, false);
  return [
    {
      type: 'message.patched',
      conversationId: conversationOf(context.roomId),
      target: messageOf(target),
      by: personOf(event.sender),
      patch: {
        text: withoutProfileFallback(body.text, content),
        ...(body.attachments === undefined ? {} : { attachments: body.attachments }),
        ...(shield === null ? {} : { shield }),
        editedAtMs: event.sentAtMs,
      },
    },
  ];
};

/** What was encrypted is corrected so; of what we do not know yet, in an encrypted room, the same is expected. @see https://spec.matrix.org/v1.17/client-server-api/#validity-of-replacement-events */
const needsEncryption = (event: RoomEvent, target: string, { find, encryptedSinceMs = null }: TimelineContext): boolean =>
  find(target)?.isEncrypted ?? (encryptedSinceMs !== null && event.sentAtMs >= encryptedSinceMs);

const readRedaction = (
  event: RoomEvent,
  target: string,
  context: TimelineContext,
): Pick<TimelineResult, 'events' | 'revert'> => {
  const known = context.find(target);
  const conversationId = conversationOf(context.roomId);
  if (known?.kind === 'edit') return { events: [], ...(known.target === null ? {} : { revert: known.target }) };
  const events: BridgeEvent[] = [];
  if (known === null || known.kind === 'reaction') {
    events.push({ type: 'reaction.deleted', conversationId, reactionId: messageOf(target) });
  }
  if (known === null || known.kind === 'message') {
    events.push({
      type: 'message.deleted',
      conversationId,
      target: messageOf(target),
      by: personOf(event.sender),
      // The server hands out only redactions that the room's power levels allow.
      isModerated: known?.sender !== event.sender,
      deletedAtMs: event.sentAtMs,
    });
  }
  return { events };
};

const describe = (event: RoomEvent, relation: Relation, context: TimelineContext): KnownEvent => ({
  eventId: event.eventId,
  roomId: context.roomId,
  sender: event.sender,
  sentAtMs: event.sentAtMs,
  kind: isMessageEvent(event, relation)
    ? 'message'
    : relation.kind === 'edit' || relation.kind === 'reaction'
      ? relation.kind
      : 'other',
  target: relation.kind === 'edit' || relation.kind === 'reaction' ? relation.target : null,
  emoji: relation.kind === 'reaction' && !isErased(event) ? relation.emoji : null,
  messageType: asString(event.content['msgtype'])?.slice(0, 64) ?? null,
  isRedacted: isErased(event),
  thread: readThread(event.content),
  isEncrypted: event.proof !== null || event.type === 'm.room.encrypted',
});

/** Translates one event. See {@link TimelineResult}. */
export const readTimelineEvent = (event: RoomEvent, context: TimelineContext): TimelineResult => {
  const relation: Relation = event.stateKey === undefined ? readRelation(event.type, event.content) : { kind: 'none' };
  const known = describe(event, relation, context);
  if (event.type === 'm.room.redaction' && event.redacts !== undefined && !isErased(event)) {
    return { known, erased: event.redacts, ...readRedaction(event, event.redacts, context) };
  }
  if (relation.kind === 'edit') return { known, events: readEdit(event, relation.target, context) };
  if (relation.kind === 'reaction') {
    if (isErased(event)) return { known, events: [] };
    return {
      known,
      events: [
        {
          type: 'reaction.upserted',
          conversationId: conversationOf(context.roomId),
          target: messageOf(relation.target),
          personId: personOf(event.sender),
          emoji: relation.emoji,
          reactionId: messageOf(event.eventId),
        },
      ],
    };
  }
  if (event.stateKey !== undefined) {
    const line = readHappening(event, context);
    return { known, events: line === null ? [] : [line] };
  }
  const poll = pollOf(event.type, event.content);
  if (poll !== null) return { known, events: [], poll };
  if (!isMessageEvent(event, relation)) return { known, events: [] };
  // Without its content nobody can tell a deleted message from a deleted correction: only one we knew is worth a row.
  if (isErased(event) && context.find(event.eventId)?.kind !== 'message') {
    return { known: { ...known, kind: 'other' }, events: [] };
  }
  return {
    known,
    events: [{ type: 'message.upserted', message: readMessage(event, relation, context), origin: context.origin }],
    // Whoever voted before we looked told us nothing.
    ...(context.origin === 'history' && isPollStart(event.type) ? { poll: event.eventId } : {}),
  };
};

/** What to show for an event that could not be translated: nothing of it but that it was there. */
export const unsupportedMessage = (event: RoomEvent, context: TimelineContext): BridgeEvent => ({
  type: 'message.upserted',
  origin: context.origin,
  message: {
    conversationId: conversationOf(context.roomId),
    remoteId: messageOf(event.eventId),
    senderId: personOf(event.sender),
    isOwn: event.sender === context.selfId,
    kind: 'unsupported',
    text: asText(event.content['body']),
    sentAtMs: event.sentAtMs,
  },
});
