import type { FollowUp } from '../../crm/follow-up.ts';
import type { DomainHandlers } from '../handlers.ts';

export const createFollowUpHandlers = (followUp: FollowUp): DomainHandlers<'followUp'> => ({
  'followUp.options': (input) => followUp.options(input),
  'followUp.setOptions': (input) => followUp.setOptions(input),
  'followUp.doneState': (input) => followUp.doneState(input),
  'followUp.setDone': (input) => followUp.setDone(input),
  'followUp.lost': (input) => followUp.lost(input),
  'followUp.record': (input) => followUp.record(input),
  'followUp.changeRecord': (input) => followUp.changeRecord(input),
});
