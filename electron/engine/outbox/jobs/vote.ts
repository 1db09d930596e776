import { z } from 'zod';
import { BridgeError } from '#bridge';
import type { WritableDb } from '../../store/database.ts';
import { messages } from '../../store/repositories/messages.ts';
import { polls } from '../../store/repositories/polls.ts';
import { ChangeSet } from '../../sync/change-set.ts';
import type { JobRecord } from '../../store/repositories/jobs.ts';
import type { JobDefinition } from '../job-definition.ts';
import { targetOf } from './target-of.ts';

export const voteKind = 'vote';

const payload = z.strictObject({ choices: z.array(z.string()) });

/** The vote is shown as waiting as long as its job is open: whatever ends the job changes the message. */
export const createVote = (db: WritableDb): JobDefinition => {
  const changed = ({ messageId }: JobRecord): ChangeSet | null => {
    const message = messageId === null ? null : messages.get(db, messageId);
    if (message === null) return null;
    const changes = new ChangeSet();
    changes.messagesOf(message.conversationId).ids.add(message.id);
    return changes;
  };
  return {
    kind: voteKind,
    timeoutMs: 60_000,
    action: 'vote',
    run: async (job, session) => {
      const { id, target } = targetOf(db, job);
      const poll = polls.ofMessages(db, [id]).get(id);
      if (session.polls === undefined || poll === undefined) throw new BridgeError('unsupported');
      // It may have ended while the vote waited: nobody would count it.
      if (poll.isEnded) throw new BridgeError('rejected', { detail: 'the poll is over' });
      await session.polls.vote(target, payload.parse(job.payload).choices, job.key);
      return () => changed(job);
    },
    fail: changed,
  };
};
