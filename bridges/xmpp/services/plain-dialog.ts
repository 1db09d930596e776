import type { Dialog, DialogStep, FormValues } from '#bridge';

/** A dialog whose other side keeps nothing in mind: closing it needs no word. */
export function plainDialog(first: DialogStep, answer: (values: FormValues, signal: AbortSignal) => Promise<DialogStep>): Dialog {
  return {
    first,
    answer: (action, values, signal) =>
      action === 'cancel' ? Promise.resolve({ state: 'done', form: null, notes: [], actions: [] }) : answer(values, signal),
    close: () => Promise.resolve(),
  };
}
