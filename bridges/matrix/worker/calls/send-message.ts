/** Sends a message once per transaction: known transactions are answered from memory, the server knows the rest. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeError, type SendReceipt } from '#bridge';
import type { OutgoingAttachment, OutgoingMessage, RemoteAttachment } from '#model';
import { encryptedSource, encryptFile, readSource } from '../../crypto/encrypted-file.ts';
import { isEventId, messageOf } from '../../ids.ts';
import { actionOf, fileContent, textContent, type Thread } from '../../send.ts';
import type { AccountContext } from '../account-context.ts';
import { uploadMedia } from '../media.ts';
import { findMentions, type NamedPerson } from './find-mentions.ts';
import { putEvent } from './put-event.ts';
import { writableRoom } from './writable-room.ts';

/** Uploads the file of a transaction, once: a retry finds the address again. Into an encrypted room it goes encrypted. */
const uploadOnce = async (
  context: AccountContext,
  { conversationId: roomId, transactionId }: OutgoingMessage,
  file: OutgoingAttachment,
  signal: AbortSignal,
): Promise<RemoteAttachment> => {
  const { isEncrypted } = writableRoom(context, roomId);
  const known = context.store.markers.uploaded(transactionId);
  const isUsable = known !== null && (readSource(known)?.key !== null) === isEncrypted;
  const source = isUsable ? known : await upload(context, file, isEncrypted, signal);
  if (!isUsable) context.store.markers.setUploaded(transactionId, source);
  // An upload takes time, and in that time the room may have become encrypted.
  if (writableRoom(context, roomId).isEncrypted && !isEncrypted) {
    throw new BridgeError('internal', { detail: 'the room became encrypted during the upload' });
  }
  const { name, mime, sizeBytes, durationMs, voice } = file;
  return { remoteId: source, source, name, mime, sizeBytes, durationMs, voice };
};

const upload = async (context: AccountContext, file: OutgoingAttachment, isEncrypted: boolean, signal: AbortSignal): Promise<string> => {
  const { api, folder } = context;
  const limit = context.uploadLimit();
  if (!isEncrypted) return await uploadMedia(api, file, limit, signal);
  const path = join(folder, `upload-${randomUUID()}`);
  try {
    const key = await encryptFile(file.path, path, signal);
    // Name and kind are the room's business, not the server's.
    const mxc = await uploadMedia(api, { ...file, path, name: 'encrypted', mime: 'application/octet-stream' }, limit, signal);
    return encryptedSource(mxc, key);
  } finally {
    await rm(path, { force: true });
  }
};

const othersIn = ({ store, selfId }: AccountContext, roomId: string): readonly NamedPerson[] =>
  store.people.namesIn(roomId).filter(({ userId }) => userId !== selfId);

/** The one it was written into, or that of the message it answers. */
const threadOf = ({ store }: AccountContext, { threadRootId, replyTo }: OutgoingMessage): Thread | null => {
  const rootId = threadRootId ?? (replyTo === undefined ? null : (store.events.find(replyTo.remoteId)?.thread ?? null));
  return rootId === null ? null : { rootId, lastId: store.events.lastOfThread(rootId) ?? rootId };
};

const deliver = async (context: AccountContext, message: OutgoingMessage, signal: AbortSignal): Promise<SendReceipt> => {
  const { conversationId: roomId, transactionId, text, replyTo } = message;
  const mentions = message.mentions ?? findMentions(text, othersIn(context, roomId));
  const { markers } = context.store;
  writableRoom(context, roomId);
  const thread = threadOf(context, message);
  const file = message.attachment === undefined ? null : await uploadOnce(context, message, message.attachment, signal);
  const action = file === null ? actionOf(text) : null;
  const more = { ...(file === null ? {} : { attachments: [file] }), ...(action === null ? {} : { shownAs: { kind: 'action', text: action } as const }) };
  const known = markers.sent(transactionId);
  if (known !== null) return { remoteId: messageOf(known.eventId), sentAtMs: known.atMs, ...more };

  const content = file === null ? textContent(text, replyTo, mentions, thread) : fileContent(file, text, replyTo, mentions, thread);
  const answer = await putEvent(context, { roomId, type: 'm.room.message', content, transactionId }, signal);
  const eventId = answer['event_id'];
  if (!isEventId(eventId)) throw new BridgeError('server-incompatible', { detail: 'sent without an event id' });
  // The echo may have come first, with the server's own time.
  const sent = markers.sent(transactionId) ?? { eventId, atMs: Date.now() };
  markers.setSent(transactionId, sent);
  return { remoteId: messageOf(sent.eventId), sentAtMs: sent.atMs, ...more };
};

/** @throws BridgeError; see {@link writableRoom} and the server's own refusals. */
export const sendMessage = (context: AccountContext, message: OutgoingMessage, signal: AbortSignal): Promise<SendReceipt> =>
  context.roomQueue.run(message.conversationId, () => deliver(context, message, signal));
