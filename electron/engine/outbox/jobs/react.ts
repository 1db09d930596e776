import { z } from 'zod';
import { BridgeError } from '#bridge';
import type { WritableDb } from '../../store/database.ts';
import { messages } from '../../store/repositories/messages.ts';
import { outgoing } from '../../sync/outgoing.ts';
import type { JobDefinition } from '../job-definition.ts';
import { targetOf } from './target-of.ts';

export const reactKind = 'react';

export const reactPayload = z.strictObject({ emoji: z.string(), isOn: z.boolean() });

/** Our emojis with one more or one less. */
export const withEmoji = (emojis: readonly string[], emoji: string, isOn: boolean): readonly string[] => {
  const others = emojis.filter((one) => one !== emoji);
  return isOn ? [...others, emoji] : others;
};

/** The reaction shows at once; what is sent is all that stands there when its turn comes. */
export const createReact = (db: WritableDb): JobDefinition => ({
  kind: reactKind,
  timeoutMs: 60_000,
  action: 'react',
  run: async (job, session) => {
    const { id, target } = targetOf(db, job);
    if (session.reactions === undefined) throw new BridgeError('unsupported');
    await session.reactions.react(target, outgoing.ownReactions(db, id), job.key);
    return () => null;
  },
  fail: (job) => {
    const { emoji, isOn } = reactPayload.parse(job.payload);
    if (job.messageId === null || messages.get(db, job.messageId) === null) return null;
    return outgoing.react(db, job.messageId, withEmoji(outgoing.ownReactions(db, job.messageId), emoji, !isOn));
  },
});
