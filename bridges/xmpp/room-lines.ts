import { randomUUID } from 'node:crypto';
import type { BridgeEvent, MessageOrigin } from '#bridge';
import type { RoomHappening } from '#model';
import type { OccupantPresence } from './extensions/0045-multi-user-chat.ts';
import { conversationOf, personOf, unarchivedMessage } from './ids.ts';

/** A line in the conversation about what happened to the room; never counted as unread. */
export const systemLine = (
  room: string,
  text: string,
  atMs: number,
  { happening, origin = 'live', name = randomUUID() }: { readonly happening: RoomHappening; readonly origin?: MessageOrigin; readonly name?: string },
): BridgeEvent => ({
  type: 'message.upserted',
  origin,
  message: {
    conversationId: conversationOf(room),
    remoteId: unarchivedMessage(room, name),
    senderId: personOf(room),
    isOwn: false,
    kind: 'system',
    text,
    happening,
    sentAtMs: atMs,
  },
});

const verbs = { kicked: ['was', 'were', 'removed'], banned: ['was', 'were', 'banned'], removed: ['is', 'are', 'no member any more'] } as const;

/** Why somebody is not there any more, as a line; null when it needs no words. */
export function departureLine(room: string, occupant: OccupantPresence, isSelf: boolean, atMs: number): BridgeEvent | null {
  const { nick, departure, reason, actor, alternative } = occupant;
  const because = reason === '' ? '' : `: ${reason}`;
  if (departure === 'destroyed') {
    if (!isSelf) return null;
    const text = `This room was closed${because}${alternative === null ? '' : ` (it goes on in ${alternative})`}`;
    return systemLine(room, text, atMs, { happening: { kind: 'closed', isSelf, reason, alternative: alternative ?? undefined } });
  }
  if (departure === null || departure === 'shutdown' || departure === 'error') return null;
  const [singular, plural, done] = verbs[departure];
  const by = actor === null || departure === 'removed' ? undefined : actor;
  const text = `${isSelf ? `You ${plural}` : `${nick} ${singular}`} ${done}${by === undefined ? '' : ` by ${by}`}${because}`;
  return systemLine(room, text, atMs, { happening: { kind: departure, isSelf, name: nick, by, reason } });
}
