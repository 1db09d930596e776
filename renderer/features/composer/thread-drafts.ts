import type { ThreadId } from '../../rpc/index.ts';

const mostDrafts = 100;
const drafts = new Map<ThreadId, string>();

/** What was begun in threads, as long as the window lives; the draft of a conversation itself lies in the store. */
export const threadDrafts = {
  get: (id: ThreadId): string => drafts.get(id) ?? '',
  set: (id: ThreadId, text: string): void => {
    drafts.delete(id);
    if (text.trim() === '') return;
    drafts.set(id, text);
    const oldest = drafts.keys().next().value;
    if (drafts.size > mostDrafts && oldest !== undefined) drafts.delete(oldest);
  },
};
