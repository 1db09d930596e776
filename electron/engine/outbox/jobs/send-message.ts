import { z } from 'zod';
import { BridgeError, type BridgeSession } from '#bridge';
import type { OutgoingAttachment, OutgoingMessage, ReplyReference } from '#model';
import type { AddressId, MessageId } from '#rpc';
import type { FileFolder } from '../../files/file-folder.ts';
import type { WritableDb } from '../../store/database.ts';
import { addresses } from '../../store/repositories/addresses.ts';
import { attachments } from '../../store/repositories/attachments.ts';
import { messageHints } from '../../store/repositories/message-hints.ts';
import { messages, type MessageRecord } from '../../store/repositories/messages.ts';
import { threads } from '../../store/repositories/threads.ts';
import { replies } from '../../store/repositories/replies.ts';
import { outgoing } from '../../sync/outgoing.ts';
import type { Uploads } from '../uploads.ts';
import { nothingToCommit, type JobDefinition } from '../job-definition.ts';

export const sendMessageKind = 'send-message';

/** Long enough for a large file on a slow line; a message without one is answered in seconds or not at all. */
const timeoutMs = 15 * 60_000;
const excerptLength = 200;

const sendPayload = z.object({
  mentions: z.array(z.strictObject({ personId: z.number(), start: z.number(), end: z.number() })).optional(),
});

/** Sends a message that was written; a retry carries the same transaction id. */
export const createSendMessage = (db: WritableDb, folder: FileFolder, uploads: Uploads): JobDefinition => {
  const attachmentOf = (id: MessageId): OutgoingAttachment | undefined => {
    const file = attachments.ofMessage(db, id)[0];
    if (file === undefined) return undefined;
    if (file.fileName === null) throw new BridgeError('not-found', { detail: 'the file is gone' });
    const { name, mime, sizeBytes = 0, widthPx, heightPx, thumbnail, durationMs, voice } = file.remote;
    return { path: folder.pathOf(file.fileName), name, mime, sizeBytes, sha256: file.sha256 ?? undefined, widthPx, heightPx, thumbnail, durationMs, voice };
  };

  /** Looked up late: the original may have got its name from the network only after the answer was written. */
  const replyOf = (id: MessageId): ReplyReference | undefined => {
    const reply = replies.ofMessages(db, [id]).get(id);
    const target = reply?.messageId == null ? null : messages.get(db, reply.messageId);
    if (target === null || target.remoteId === null) return undefined;
    const sender = target.senderId === null ? null : addresses.get(db, target.senderId);
    return {
      remoteId: target.remoteId,
      alternateId: target.alternateId ?? undefined,
      senderId: sender?.remoteId,
      // What was hidden or is to disappear must not stand in clear in the answer.
      excerpt: messageHints.isKeptBack(db, target.id) ? undefined : target.text.slice(0, excerptLength).toWellFormed(),
    };
  };

  /** As far as they are still known; rows of people who are gone are left out. */
  const mentionsOf = (payload: unknown): OutgoingMessage['mentions'] => {
    const named = sendPayload.parse(payload).mentions?.flatMap(({ personId, start, end }) => {
      const person = addresses.get(db, personId as AddressId);
      return person === null ? [] : [{ personId: person.remoteId, start, end }];
    });
    return named === undefined || named.length === 0 ? undefined : named;
  };

  const toOutgoing = (message: MessageRecord, payload: unknown): OutgoingMessage => {
    const target = messages.target(db, message.id);
    if (target === null || message.transactionId === null) throw new BridgeError('internal', { detail: 'not a message of ours' });
    return {
      conversationId: target.conversationId,
      transactionId: message.transactionId,
      text: message.text,
      replyTo: replyOf(message.id),
      threadRootId: threads.ofAnswer(db, message.id)?.rootRemoteId,
      attachment: attachmentOf(message.id),
      mentions: message.editedAtMs === null ? mentionsOf(payload) : undefined,
      hints: messageHints.toSend(db, message.id),
      writtenAtMs: message.sentAtMs,
    };
  };

  const messageIdOf = (job: { readonly messageId: MessageId | null }): MessageId => {
    if (job.messageId === null) throw new Error('a job to send without a message');
    return job.messageId;
  };

  return {
    kind: sendMessageKind,
    timeoutMs,
    begin: (job) => outgoing.setSending(db, messageIdOf(job)),
    run: async (job, session: BridgeSession) => {
      const id = messageIdOf(job);
      const message = messages.get(db, id);
      // Its echo came before a kill: the network has it, and we know.
      if (message === null || message.remoteId !== null) return nothingToCommit;
      const upload = uploads.start(id, message.conversationId);
      try {
        const receipt = await session.send(toOutgoing(message, job.payload), upload.control);
        return () => outgoing.acknowledge(db, id, receipt);
      } finally {
        upload.done();
      }
    },
    isGivenUp: (job) => uploads.isCancelled(messageIdOf(job)),
    postpone: (job) => outgoing.setWaiting(db, messageIdOf(job)),
    fail: (job, fault) => outgoing.setFailed(db, messageIdOf(job), fault),
  };
};
