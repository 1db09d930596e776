import { BridgeError } from '#bridge';
import type { WritableDb } from '../../store/database.ts';
import { outgoing } from '../../sync/outgoing.ts';
import type { JobDefinition } from '../job-definition.ts';
import { targetOf } from './target-of.ts';

export const deleteMessageKind = 'delete-message';

/** The text stays here until the network took the deletion: what cannot be undone is not done in advance. */
export const createDeleteMessage = (db: WritableDb, now: () => number): JobDefinition => ({
  kind: deleteMessageKind,
  timeoutMs: 60_000,
  action: 'delete',
  run: async (job, session) => {
    const { id, target } = targetOf(db, job);
    if (session.edits === undefined) throw new BridgeError('unsupported');
    await session.edits.delete(target, job.key);
    return () => outgoing.delete(db, id, now());
  },
  fail: () => null,
});
