import type { ConversationFilter } from '../../rpc/index.ts';

/** What the CRM has of a conversation: never anything, not the newest, something. */
export const crmStatuses = ['all', 'never', 'behind', 'pushed'] as const;
export type CrmStatus = (typeof crmStatuses)[number];
export const doneStatuses = ['all', 'open', 'done'] as const;
export type DoneStatus = (typeof doneStatuses)[number];

export const crmStatusOf = ({ hasUnpushed, isPushed }: ConversationFilter): CrmStatus => {
  if (hasUnpushed) return 'behind';
  if (isPushed === undefined) return 'all';
  return isPushed ? 'pushed' : 'never';
};

export const doneStatusOf = ({ isDone }: ConversationFilter): DoneStatus => {
  if (isDone === undefined) return 'all';
  return isDone ? 'done' : 'open';
};

export const withCrmStatus = (filter: ConversationFilter, status: CrmStatus): ConversationFilter => ({
  ...filter,
  hasUnpushed: status === 'behind' || undefined,
  isPushed: status === 'pushed' || status === 'never' ? status === 'pushed' : undefined,
});

export const withDoneStatus = (filter: ConversationFilter, status: DoneStatus): ConversationFilter => ({
  ...filter,
  isDone: status === 'all' ? undefined : status === 'done',
});

/** On, or off again when it was on already. */
export const toggleStatus = (filter: ConversationFilter, status: Exclude<CrmStatus | DoneStatus, 'all'>): ConversationFilter => {
  if (status === 'open' || status === 'done') return withDoneStatus(filter, doneStatusOf(filter) === status ? 'all' : status);
  return withCrmStatus(filter, crmStatusOf(filter) === status ? 'all' : status);
};
