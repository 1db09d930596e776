import { expect, it } from 'vitest';
import type { ConversationId } from '#rpc';
import type { FollowUp } from '../../../electron/engine/crm/follow-up.ts';
import { createFollowUpHandlers } from '../../../electron/engine/rpc/domains/follow-up.ts';

it('tells of a conversation that is done at once, and again when the CRM has answered or refused', async () => {
  const conversationId = 1 as ConversationId;
  const told: ConversationId[] = [];
  const crm = Promise.withResolvers<{ isDone: boolean; pushes: [] }>();
  const handlers = createFollowUpHandlers({ setDone: () => crm.promise } as unknown as FollowUp, (id) => told.push(id));
  const answer = handlers['followUp.setDone']({ conversationId, isDone: true }, {} as never);
  expect(told).toEqual([conversationId]);
  crm.reject(new Error('the CRM is away'));
  await expect(answer).rejects.toThrow('away');
  expect(told).toEqual([conversationId, conversationId]);
});
