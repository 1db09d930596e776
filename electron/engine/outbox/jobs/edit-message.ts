import { z } from 'zod';
import { BridgeError } from '#bridge';
import type { WritableDb } from '../../store/database.ts';
import { messageHints } from '../../store/repositories/message-hints.ts';
import { messages } from '../../store/repositories/messages.ts';
import { outgoing } from '../../sync/outgoing.ts';
import type { JobDefinition } from '../job-definition.ts';
import { targetOf } from './target-of.ts';

export const editMessageKind = 'edit-message';

/** The edit shows at once; `before` is what stands there again when the network refuses it. `beforeAtMs` null: never edited. */
export const editPayload = z.strictObject({ text: z.string(), before: z.string(), beforeAtMs: z.number().nullable() });

export const createEditMessage = (db: WritableDb): JobDefinition => ({
  kind: editMessageKind,
  timeoutMs: 60_000,
  action: 'edit',
  run: async (job, session) => {
    const { text } = editPayload.parse(job.payload);
    const { target } = targetOf(db, job);
    if (session.edits === undefined) throw new BridgeError('unsupported');
    const message = job.messageId === null ? null : messages.get(db, job.messageId);
    await session.edits.edit(target, text, job.key, message === null ? undefined : messageHints.toSend(db, message.id), message?.kind === 'action' ? 'action' : undefined);
    return () => null;
  },
  fail: (job) => {
    const { text, before, beforeAtMs } = editPayload.parse(job.payload);
    const message = job.messageId === null ? null : messages.get(db, job.messageId);
    // A newer edit stands: that one decides.
    if (message === null || message.text !== text || message.deletedAtMs !== null) return null;
    return outgoing.edit(db, message.id, before, beforeAtMs);
  },
});
