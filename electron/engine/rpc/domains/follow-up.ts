import type { ConversationId } from '#rpc';
import type { FollowUp } from '../../crm/follow-up.ts';
import type { DomainHandlers } from '../handlers.ts';

export const createFollowUpHandlers = (followUp: FollowUp, onDone: (id: ConversationId) => void): DomainHandlers<'followUp'> => ({
  'followUp.options': (input) => followUp.options(input),
  'followUp.setOptions': (input) => followUp.setOptions(input),
  'followUp.doneState': (input) => followUp.doneState(input),
  'followUp.setDone': async (input) => {
    const answer = followUp.setDone(input);
    // The mark stands already; what is pushed by it may take as long as the CRM does.
    onDone(input.conversationId);
    try {
      return await answer;
    } finally {
      onDone(input.conversationId);
    }
  },
  'followUp.lost': (input) => followUp.lost(input),
  'followUp.record': (input) => followUp.record(input),
  'followUp.changeRecord': (input) => followUp.changeRecord(input),
});
