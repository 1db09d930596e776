import type { PushRow } from '../../rpc/index.ts';

export type QueueFilter = 'all' | 'waiting' | 'sending' | 'needs-you' | 'done';
export const queueFilters: readonly QueueFilter[] = ['all', 'waiting', 'sending', 'needs-you', 'done'];

/** What can still be undone waits as well; what was cancelled is over like what is done. */
export const filterOf = ({ state }: PushRow): QueueFilter => {
  if (state === 'undoable') return 'waiting';
  return state === 'cancelled' ? 'done' : state;
};

/** Key of the sentence that says why a push has not gone yet; null: its fault says it, or it needs no reason. */
export const reasonOf = ({ state, fault }: PushRow): string | null => {
  if (state === 'undoable') return 'followUp.reasonUndoable';
  return state === 'waiting' && fault === null ? 'followUp.reasonTurn' : null;
};

/** Begun by itself: nobody has chosen its record yet. */
export const isUndecided = ({ state, fault }: PushRow): boolean => state === 'needs-you' && fault?.code === 'needs-decision';
