/** Typing and read receipts. @see https://spec.matrix.org/v1.16/client-server-api/#receipts */
import type { ThreadScope } from '#bridge';
import { asArray, asRecord, asTimeMs, entriesOf } from '../event-shape.ts';
import { bridgeOfRoom } from '../bridged/room-bridge.ts';
import { conversationOf, isEventId, isUserId, messageOf, personOf } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import { noteSender } from './members.ts';
import type { Outcome } from './outcome.ts';

/** Who types where; lives as long as the connection. */
export type TypingState = Map<string, ReadonlySet<string>>;

/** Says who started and who stopped, by comparing with what was so before. */
export const applyTyping = (
  typing: TypingState,
  outcome: Outcome,
  selfId: string,
  roomId: string,
  content: unknown,
): void => {
  const before = typing.get(roomId) ?? new Set<string>();
  const now = new Set(asArray(asRecord(content)['user_ids']).filter(isUserId).filter((userId) => userId !== selfId));
  typing.set(roomId, now);
  const say = (userId: string, isTyping: boolean): void => {
    outcome.passing.push({ type: 'typing', conversationId: conversationOf(roomId), personId: personOf(userId), isTyping });
  };
  for (const userId of now) if (!before.has(userId)) say(userId, true);
  for (const userId of before) if (!now.has(userId)) say(userId, false);
};

interface ReadReceipt {
  readonly userId: string;
  readonly eventId: string;
  readonly atMs: number;
  /** Of a thread; null: what stands in none; absent: the whole room. */
  readonly within?: ThreadScope;
}

/** The newest of everybody, for the room and for each thread apart. */
const readReceipts = (content: unknown, selfId: string, nowMs: number): readonly ReadReceipt[] => {
  const newest = new Map<string, ReadReceipt>();
  for (const [eventId, kinds] of entriesOf(content)) {
    if (!isEventId(eventId)) continue;
    for (const [kind, users] of entriesOf(kinds)) {
      if (kind !== 'm.read' && kind !== 'm.read.private') continue;
      for (const [userId, data] of entriesOf(users)) {
        const thread = asRecord(data)['thread_id'];
        const isPrivateOfOther = kind === 'm.read.private' && userId !== selfId;
        const within = scopeOf(thread);
        if (!isUserId(userId) || isPrivateOfOther || within === 'nothing') continue;
        const receipt = { userId, eventId, atMs: asTimeMs(asRecord(data)['ts'], nowMs), ...within };
        const key = `${userId} ${within.within ?? ''}`;
        if ((newest.get(key)?.atMs ?? 0) <= receipt.atMs) newest.set(key, receipt);
      }
    }
  }
  return [...newest.values()];
};

/** What the `thread_id` of a receipt stands for. */
const scopeOf = (thread: unknown): { readonly within?: ThreadScope } | 'nothing' => {
  if (thread === undefined) return {};
  if (thread === 'main') return { within: null };
  return isEventId(thread) ? { within: messageOf(thread) } : 'nothing';
};

/** In a crowd only the latest readers matter to anybody. */
const maxReceipts = 200;

/** A receipt may name a reaction or a topic change: what was read then is the last message before it. */
const visibleTarget = (store: MatrixStore, roomId: string, eventId: string): string | null => {
  const known = store.events.find(eventId);
  if (known === null || known.kind === 'message') return eventId;
  return store.events.lastMessageAt(roomId, known.sentAtMs)?.eventId ?? null;
};

export const applyReceipts = (
  store: MatrixStore,
  outcome: Outcome,
  selfId: string,
  roomId: string,
  content: unknown,
  nowMs: number,
): void => {
  const room = store.rooms.get(roomId);
  const bots = room === null ? undefined : bridgeOfRoom(store, room, selfId)?.bots;
  const receipts = [...readReceipts(content, selfId, nowMs)].sort((a, b) => a.atMs - b.atMs).slice(-maxReceipts);
  for (const { userId, eventId, atMs, within } of receipts) {
    // A bridge's bot passes messages on: nobody has read them by that.
    if (bots?.has(userId) === true) continue;
    // Of a thread nothing is kept here: to hear it again changes nothing.
    if (within == null && !store.markers.setReceipt(roomId, userId, eventId, atMs)) continue;
    const target = visibleTarget(store, roomId, eventId);
    if (target === null) continue;
    const place = { conversationId: conversationOf(roomId), target: messageOf(target), ...(within === undefined ? {} : { within }) };
    if (userId === selfId) {
      outcome.afterwards.push({ type: 'marker.upserted', ...place });
      continue;
    }
    // Somebody who only ever read has sent us nothing to know them by.
    noteSender(store, outcome, selfId, userId);
    outcome.afterwards.push({
      type: 'receipt.upserted',
      ...place,
      personId: personOf(userId),
      kind: 'read',
      scope: 'upTo',
      atMs,
    });
  }
};
