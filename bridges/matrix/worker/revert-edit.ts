/** After a correction was redacted, the message shows what it said before: only the server still knows. */
import type { BridgeEvent } from '#bridge';
import { readRoomEvent } from '../event-shape.ts';
import { conversationOf, messageOf, personOf } from '../ids.ts';
import { readTimelineEvent } from '../receive/timeline.ts';
import type { AccountContext } from './account-context.ts';

/** The patch that brings the text back, or null when the message itself is gone. @throws BridgeError */
export const fetchReverted = async (
  context: AccountContext,
  roomId: string,
  eventId: string,
): Promise<BridgeEvent | null> => {
  const nowMs = Date.now();
  const told = await context.crypto().decrypt(roomId, await context.api.get(['rooms', roomId, 'event', eventId]));
  const event = told.isClear ? readRoomEvent(told.raw, nowMs) : null;
  if (event === null || event.eventId !== eventId) return null;
  const { selfId, store } = context;
  const { events } = readTimelineEvent(event, { roomId, selfId, nowMs, origin: 'history', find: (id) => store.events.find(id), nameOf: () => null, mayCallAll: () => false });
  const [first] = events;
  if (first?.type !== 'message.upserted' || first.message.deletedAtMs !== undefined) return null;
  const { text, attachments } = first.message;
  return {
    type: 'message.patched',
    conversationId: conversationOf(roomId),
    target: messageOf(eventId),
    by: personOf(event.sender),
    patch: { text, ...(attachments === undefined ? {} : { attachments }), editedAtMs: nowMs },
  };
};
