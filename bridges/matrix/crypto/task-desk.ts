/** Dialogs about encryption that are under way. */
import type { Dialog, EncryptionTask } from '#bridge';
import { createDialogDesk, type OpenDialogs, type OpenedDialog } from '../worker/dialog-desk.ts';
import { openApproval } from './tasks/approve-identity.ts';
import { openPolicyChoice } from './tasks/choose-policy.ts';
import { openRecovery } from './tasks/recover.ts';
import { openSetUp } from './tasks/set-up.ts';
import type { TaskContext } from './tasks/task-context.ts';
import { openVerification } from './tasks/verify.ts';

export interface TaskDesk extends OpenDialogs {
  open(task: EncryptionTask): Promise<OpenedDialog>;
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
  const desk = createDialogDesk();
  return { ...desk, open: (task) => desk.open(() => openTask(context(), task)) };
};
