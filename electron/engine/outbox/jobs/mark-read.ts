import { z } from 'zod';
import type { MessageTarget } from '#bridge';
import { remoteConversationId, remoteMessageId } from '#model';
import type { JobDefinition } from '../job-definition.ts';

export const markReadKind = 'mark-read';

export const markReadPayload = z.strictObject({
  conversationId: z.string(),
  remoteId: z.string(),
  alternateId: z.string().optional(),
  /** False: only our own devices are told. */
  isShared: z.boolean().optional(),
  isSharedInRooms: z.boolean().optional(),
  /** Null: what stands in no thread; a name: the thread that message began; absent: all of it. */
  within: z.string().nullable().optional(),
});

/** Tells the network how far we read; where a network has no such thing there is nothing to do. */
export const createMarkRead = (): JobDefinition => ({
  kind: markReadKind,
  timeoutMs: 60_000,
  run: async (job, session) => {
    const { conversationId, remoteId, alternateId, isShared = true, isSharedInRooms = false, within } = markReadPayload.parse(job.payload);
    const target: MessageTarget = {
      conversationId: remoteConversationId(conversationId),
      remoteId: remoteMessageId(remoteId),
      alternateId: alternateId === undefined ? undefined : remoteMessageId(alternateId),
    };
    await session.receipts?.markRead(target, isShared, isSharedInRooms, typeof within === 'string' ? remoteMessageId(within) : within);
    return () => null;
  },
  fail: () => null,
});
