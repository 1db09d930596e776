import type { DialogNoteCode, DialogStep, Form } from '#bridge';

/** The end of a dialog that says so itself. */
export const over = (code: DialogNoteCode, more: { link?: string | null; address?: string } = {}): DialogStep => ({
  state: 'done',
  form: null,
  notes: [{ kind: 'info', text: '', code }],
  actions: [],
  ...(more.link === undefined || more.link === null ? {} : { link: more.link }),
  ...(more.address === undefined ? {} : { address: more.address }),
});

/** The same page once more, with a word about what was wrong. */
export const again = (form: Form | null, code: DialogNoteCode, text = '', field?: string): DialogStep => ({
  state: 'open',
  form,
  notes: [{ kind: 'error', text, code, ...(field === undefined ? {} : { field }) }],
  actions: ['complete'],
});
