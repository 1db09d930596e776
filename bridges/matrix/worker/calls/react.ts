/** Our reactions to a message: what is missing is sent, what is too much is redacted. */
import { BridgeError, type MessageTarget } from '#bridge';
import { isEventId } from '../../ids.ts';
import type { KnownEvent } from '../../receive/known-event.ts';
import { reactionContent } from '../../send.ts';
import type { AccountContext } from '../account-context.ts';
import { putEvent } from './put-event.ts';
import { writableRoom } from './writable-room.ts';

const addReaction = async (context: AccountContext, target: MessageTarget, emoji: string, id: string): Promise<void> => {
  const roomId = target.conversationId;
  const event = { roomId, type: 'm.reaction', content: reactionContent(target.remoteId, emoji), transactionId: `${id}-${emoji}` };
  const answer = await putEvent(context, event).catch((error: unknown) => {
    // The server has it already, from us: that is what was wanted.
    if (error instanceof BridgeError && error.fault.detail?.startsWith('M_DUPLICATE_ANNOTATION') === true) return {};
    throw error;
  });
  const eventId = 'event_id' in answer ? answer.event_id : undefined;
  if (!isEventId(eventId)) return;
  // Before the echo, so that taking it back at once finds it.
  const reaction: KnownEvent = {
    eventId,
    roomId,
    sender: context.selfId,
    sentAtMs: Date.now(),
    kind: 'reaction',
    target: target.remoteId,
    emoji,
    messageType: null,
    isRedacted: false,
    thread: null,
    isEncrypted: false,
  };
  context.store.events.put(reaction);
};

/** @param emojis all reactions of ours to the message after the change */
export const react = (
  context: AccountContext,
  target: MessageTarget,
  emojis: readonly string[],
  id: string,
): Promise<void> =>
  context.roomQueue.run(target.conversationId, async () => {
    const roomId = target.conversationId;
    writableRoom(context, roomId);
    const { events } = context.store;
    const own = events.reactionsTo(target.remoteId).filter((event) => event.sender === context.selfId && event.roomId === roomId);
    const wanted = new Set(emojis);
    const standing = new Set(own.map((event) => event.emoji));
    for (const emoji of wanted) if (!standing.has(emoji)) await addReaction(context, target, emoji, id);
    for (const event of own) {
      if (event.emoji !== null && wanted.has(event.emoji)) continue;
      await context.api.put(['rooms', roomId, 'redact', event.eventId, `${id}-${event.eventId}`], { body: {} });
    }
  });
