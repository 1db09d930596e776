import type { Dialog } from '#bridge';
import { approve } from '../trust.ts';
import type { TaskContext } from './task-context.ts';
import { ask, formOf, over, pagedDialog } from './steps.ts';

/** Somebody's keys changed, and the person knows why (a new computer, a lost one). */
export const openApproval = ({ crypto }: TaskContext, userId: string): Promise<Dialog> =>
  Promise.resolve(
    pagedDialog({
      step: ask(formOf(), 'identity-changed', 'warning'),
      answer: async () => {
        await approve(crypto, userId);
        return { step: over('saved') };
      },
    }),
  );
