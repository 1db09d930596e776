/** Sends a message once per transaction: known transactions are answered from memory, the server knows the rest. */
import { BridgeError, type SendReceipt } from '#bridge';
import type { OutgoingAttachment, OutgoingMessage, RemoteAttachment } from '#model';
import { isEventId, messageOf } from '../../ids.ts';
import { fileContent, textContent } from '../../send.ts';
import type { AccountContext } from '../account-context.ts';
import { uploadMedia } from '../media.ts';
import { writableRoom } from './writable-room.ts';

/** Uploads the file of a transaction, once: a retry finds the address again. */
const uploadOnce = async (
  context: AccountContext,
  transactionId: string,
  file: OutgoingAttachment,
  signal: AbortSignal,
): Promise<RemoteAttachment> => {
  let source = context.store.markers.uploaded(transactionId);
  if (source === null) {
    source = await uploadMedia(context.api, file, context.uploadLimit(), signal);
    context.store.markers.setUploaded(transactionId, source);
  }
  return { remoteId: source, source, name: file.name, mime: file.mime, sizeBytes: file.sizeBytes };
};

const deliver = async (context: AccountContext, message: OutgoingMessage, signal: AbortSignal): Promise<SendReceipt> => {
  const { conversationId: roomId, transactionId, text, replyTo } = message;
  const { markers } = context.store;
  writableRoom(context, roomId);
  const file = message.attachment === undefined ? null : await uploadOnce(context, transactionId, message.attachment, signal);
  const attachments = file === null ? {} : { attachments: [file] };
  const known = markers.sent(transactionId);
  if (known !== null) return { remoteId: messageOf(known.eventId), sentAtMs: known.atMs, ...attachments };

  // Again: an upload takes time, and in that time the room may have become encrypted.
  writableRoom(context, roomId);
  const body = file === null ? textContent(text, replyTo) : fileContent(file, text, replyTo);
  const answer = await context.api.put(['rooms', roomId, 'send', 'm.room.message', transactionId], { body, signal });
  const eventId = answer['event_id'];
  if (!isEventId(eventId)) throw new BridgeError('server-incompatible', { detail: 'sent without an event id' });
  // The echo may have come first, with the server's own time.
  const sent = markers.sent(transactionId) ?? { eventId, atMs: Date.now() };
  markers.setSent(transactionId, sent);
  return { remoteId: messageOf(sent.eventId), sentAtMs: sent.atMs, ...attachments };
};

/** @throws BridgeError; see {@link writableRoom} and the server's own refusals. */
export const sendMessage = (context: AccountContext, message: OutgoingMessage, signal: AbortSignal): Promise<SendReceipt> =>
  context.roomQueue.run(message.conversationId, () => deliver(context, message, signal));
