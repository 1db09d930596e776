/** Dialogs that are under way in this thread; the session holds their numbers. */
import { BridgeError, type Dialog, type DialogAction, type DialogStep, type FormValues } from '#bridge';

export interface OpenedDialog {
  readonly id: number;
  readonly first: DialogStep;
}

export interface DialogDesk {
  /** @throws BridgeError `rate-limited` when too many are open, before anything is made; else what `make` throws. */
  open(make: () => Promise<Dialog>): Promise<OpenedDialog>;
  /** @throws BridgeError `not-found` when the dialog is over; `wait` likewise. */
  answer(id: number, action: DialogAction, values: FormValues): Promise<DialogStep>;
  wait(id: number): Promise<DialogStep>;
  close(id: number): Promise<void>;
}

/** The same without `open`, for a desk that makes its dialogs itself. */
export type OpenDialogs = Omit<DialogDesk, 'open'>;

export const createDialogDesk = (mostDialogs = Number.POSITIVE_INFINITY): DialogDesk => {
  const dialogs = new Map<number, Dialog>();
  let count = 0;
  const find = (id: number): Dialog => {
    const dialog = dialogs.get(id);
    if (dialog === undefined) throw new BridgeError('not-found', { detail: 'this dialog is over' });
    return dialog;
  };
  return {
    async open(make) {
      if (dialogs.size >= mostDialogs) throw new BridgeError('rate-limited', { detail: 'too many dialogs are open' });
      const dialog = await make();
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
