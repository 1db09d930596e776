/** What befalls a room or the people in it, as lines of the conversation; never counted as unread. */
import type { BridgeEvent, MessageOrigin } from '#bridge';
import type { RoomHappening } from '#model';
import { asName, asRecord, asString, type RoomEvent } from '../event-shape.ts';
import { conversationOf, isRoomId, isUserId, messageOf, personOf } from '../ids.ts';

interface Place {
  readonly roomId: string;
  readonly selfId: string;
  readonly origin: MessageOrigin;
  readonly nameOf: (userId: string) => string | null;
}

const described = (event: RoomEvent, { selfId, nameOf }: Place): { happening: RoomHappening; text: string } | null => {
  const { content, unsigned, sender } = event;
  if (event.type === 'm.room.tombstone') {
    const successor = content['replacement_room'];
    const alternative = isRoomId(successor) ? { alternative: successor } : {};
    return { happening: { kind: 'closed', isSelf: false, ...alternative }, text: asString(content['body'])?.slice(0, 500) ?? '' };
  }
  const userId = event.stateKey;
  if (event.type !== 'm.room.member' || !isUserId(userId) || userId === sender) return null;
  const before = asRecord(unsigned['prev_content'])['membership'];
  const now = content['membership'];
  const kind = now === 'ban' ? 'banned' : now === 'leave' && before === 'join' ? 'kicked' : null;
  if (kind === null) return null;
  const name = nameOf(userId) ?? asName(asRecord(unsigned['prev_content'])['displayname']) ?? userId;
  const by = nameOf(sender) ?? sender;
  const reason = asName(content['reason']);
  const happening = { kind, isSelf: userId === selfId, name, by, ...(reason === null ? {} : { reason }) } as const;
  return { happening, text: `${name} was ${kind === 'banned' ? 'banned' : 'removed'} by ${by}${reason === null ? '' : `: ${reason}`}` };
};

/** The line for a state event; null when it needs no words. */
export const readHappening = (event: RoomEvent, place: Place): BridgeEvent | null => {
  const told = described(event, place);
  if (told === null) return null;
  return {
    type: 'message.upserted',
    origin: place.origin,
    message: {
      conversationId: conversationOf(place.roomId),
      remoteId: messageOf(event.eventId),
      senderId: personOf(event.sender),
      isOwn: false,
      kind: 'system',
      text: told.text,
      happening: told.happening,
      sentAtMs: event.sentAtMs,
    },
  };
};
