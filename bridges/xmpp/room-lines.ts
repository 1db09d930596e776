import { randomUUID } from 'node:crypto';
import type { BridgeEvent, MessageOrigin } from '#bridge';
import type { OccupantPresence } from './extensions/0045-multi-user-chat.ts';
import { conversationOf, personOf, unarchivedMessage } from './ids.ts';

/** A line in the conversation about what happened to the room; never counted as unread. */
export const systemLine = (
  room: string,
  text: string,
  atMs: number,
  { origin = 'live', name = randomUUID() }: { readonly origin?: MessageOrigin; readonly name?: string } = {},
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
    sentAtMs: atMs,
  },
});

const verbs = { kicked: ['was', 'were', 'removed'], banned: ['was', 'were', 'banned'], removed: ['is', 'are', 'no member any more'] } as const;

/** Why somebody is not there any more; null when it needs no words. */
export function departureText({ nick, departure, reason, actor, alternative }: OccupantPresence, isSelf: boolean): string | null {
  const because = reason === '' ? '' : `: ${reason}`;
  if (departure === 'destroyed') {
    if (!isSelf) return null;
    return `This room was closed${because}${alternative === null ? '' : ` (it goes on in ${alternative})`}`;
  }
  if (departure === null || departure === 'shutdown' || departure === 'error') return null;
  const [singular, plural, done] = verbs[departure];
  const by = actor === null || departure === 'removed' ? '' : ` by ${actor}`;
  return `${isSelf ? `You ${plural}` : `${nick} ${singular}`} ${done}${by}${because}`;
}
