/** Corrections and deletions of our own messages. */
import { BridgeError, type MessageTarget } from '#bridge';
import { asRecord, type JsonRecord } from '../../event-shape.ts';
import { editContent } from '../../send.ts';
import type { AccountContext } from '../account-context.ts';
import { putEvent } from './put-event.ts';
import { joinedRoom, writableRoom } from './writable-room.ts';

const plainTypes: ReadonlySet<string> = new Set(['m.text', 'm.notice', 'm.emote']);

/** The content a correction builds on. Of a plain text only its kind matters; a file must keep its file. */
const originalContent = async (context: AccountContext, target: MessageTarget): Promise<JsonRecord> => {
  const messageType = context.store.events.find(target.remoteId)?.messageType;
  if (messageType !== null && messageType !== undefined && plainTypes.has(messageType)) return { msgtype: messageType };
  const event = await context.api.get(['rooms', target.conversationId, 'event', target.remoteId]);
  const clear = await context.crypto().decrypt(target.conversationId, event);
  if (!clear.isClear) throw new BridgeError('not-found', { detail: 'the message to correct cannot be read' });
  return asRecord(clear.raw['content']);
};

export const editMessage = (context: AccountContext, target: MessageTarget, text: string, id: string): Promise<void> =>
  context.roomQueue.run(target.conversationId, async () => {
    writableRoom(context, target.conversationId);
    const content = editContent(target.remoteId, text, await originalContent(context, target));
    await putEvent(context, { roomId: target.conversationId, type: 'm.room.message', content, transactionId: id });
  });

/** Allowed in encrypted rooms too: a redaction has no content. */
export const deleteMessage = (context: AccountContext, target: MessageTarget, id: string): Promise<void> =>
  context.roomQueue.run(target.conversationId, async () => {
    joinedRoom(context, target.conversationId);
    await context.api.put(['rooms', target.conversationId, 'redact', target.remoteId, id], { body: {} });
  });
