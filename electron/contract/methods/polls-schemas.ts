import { z } from 'zod';
import { onlyId, rowId } from './fields.ts';
import type { PollMethods } from './polls.ts';
import type { SchemasOf } from './schemas-of.ts';

const answer = z.string().trim().min(1).max(300);

export const pollSchemas: SchemasOf<PollMethods> = {
  'polls.vote': () => z.strictObject({ id: rowId, choices: z.array(z.string().min(1).max(255)).max(50) }),
  'polls.end': () => onlyId,
  'polls.create': () => z.strictObject({
    conversationId: rowId,
    clientId: z.uuid(),
    question: answer,
    answers: z.array(answer).min(2).max(20),
    mostChoices: z.number().int().min(1).max(20),
    isDisclosed: z.boolean(),
  }),
};
