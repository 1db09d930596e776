/** Who a message calls. @see https://spec.matrix.org/v1.16/client-server-api/#user-and-room-mentions */
import { asArray, asRecord, type JsonRecord } from '../event-shape.ts';

export interface MentionContext {
  readonly selfId: string;
  /** Our name; null while unknown. */
  readonly ownName: string | null;
  /** The sender may call everybody in this room. */
  readonly mayCallAll: boolean;
}

/** More names than that in one message call nobody. */
const mostNames = 1_000;
/** Shorter names are words of too many languages. */
const leastNameLength = 3;

const names = (body: unknown, name: string | null): boolean => {
  if (typeof body !== 'string' || name === null || name.length < leastNameLength) return false;
  const at = body.toLowerCase().indexOf(name.toLowerCase());
  if (at === -1) return false;
  const isLetter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);
  return !isLetter(body[at - 1]) && !isLetter(body[at + name.length]);
};

/** True when the message means us. Programs from before `m.mentions` only wrote the name. */
export const isMentioned = (content: JsonRecord, { selfId, ownName, mayCallAll }: MentionContext): boolean => {
  if (!('m.mentions' in content)) return names(content['body'], ownName) || names(content['body'], selfId);
  const mentions = asRecord(content['m.mentions']);
  if (mentions['room'] === true && mayCallAll) return true;
  return asArray(mentions['user_ids']).slice(0, mostNames).includes(selfId);
};
