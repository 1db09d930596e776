/** Dialogs about encryption that are under way in this thread; the session holds their numbers. */
import { BridgeError, type Dialog, type DialogAction, type DialogStep, type EncryptionTask, type FormValues } from '#bridge';
import { openApproval } from './tasks/approve-identity.ts';
import { openPolicyChoice } from './tasks/choose-policy.ts';
import { openRecovery } from './tasks/recover.ts';
import { openSetUp } from './tasks/set-up.ts';
import type { TaskContext } from './tasks/task-context.ts';
import { openVerification } from './tasks/verify.ts';

export interface TaskDesk {
  open(task: EncryptionTask): Promise<{ readonly id: number; readonly first: DialogStep }>;
  answer(id: number, action: DialogAction, values: FormValues): Promise<DialogStep>;
  wait(id: number): Promise<DialogStep>;
  close(id: number): Promise<void>;
}

const openTask = (context: TaskContext, task: EncryptionTask): Promise<Dialog> => {
  switch (task.kind) {
    case 'set-up':
    case 'reset':
      return openSetUp(context, task.kind);
    case 'recover':
      return openRecovery(context);
    case 'device-policy':
      return openPolicyChoice(context);
    case 'approve-identity':
      return openApproval(context, task.address);
    case 'verify-person':
    case 'verify-device':
    case 'answer-verification':
      return openVerification(context, task);
  }
};

/** `context` throws `offline` until the keys are open. */
export const createTaskDesk = (context: () => TaskContext): TaskDesk => {
  const dialogs = new Map<number, Dialog>();
  let count = 0;
  const find = (id: number): Dialog => {
    const dialog = dialogs.get(id);
    if (dialog === undefined) throw new BridgeError('not-found', { detail: 'this dialog is over' });
    return dialog;
  };
  return {
    async open(task) {
      const dialog = await openTask(context(), task);
      count += 1;
      dialogs.set(count, dialog);
      return { id: count, first: dialog.first };
    },
    answer: (id, action, values) => find(id).answer(action, values, new AbortController().signal),
    wait: async (id) => {
      const dialog = find(id);
      return (await dialog.wait?.(new AbortController().signal)) ?? dialog.first;
    },
    async close(id) {
      const dialog = dialogs.get(id);
      dialogs.delete(id);
      await dialog?.close();
    },
  };
};
