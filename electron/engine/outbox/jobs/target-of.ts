import { BridgeError, type MessageTarget } from '#bridge';
import type { MessageId } from '#rpc';
import type { ReadableDb } from '../../store/database.ts';
import { messages } from '../../store/repositories/messages.ts';
import type { JobRecord } from '../../store/repositories/jobs.ts';

export interface JobTarget {
  readonly id: MessageId;
  readonly target: MessageTarget;
}

/**
 * The message a job is about, as its network names it.
 * @throws BridgeError `not-found` when it is gone or never went out
 */
export const targetOf = (db: ReadableDb, job: JobRecord): JobTarget => {
  const found = job.messageId === null ? null : messages.target(db, job.messageId);
  if (job.messageId === null || found === null || found.remoteId === null) {
    throw new BridgeError('not-found', { detail: 'the network does not know this message' });
  }
  const { conversationId, remoteId, alternateId } = found;
  return { id: job.messageId, target: { conversationId, remoteId, alternateId } };
};
