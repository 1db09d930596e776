import type { Dialog, DialogNote, DialogNoteCode, DialogStep, Form, FormField } from '#bridge';

/** The account's password, where the server wants to see it once more. */
export const passwordField: FormField = { name: 'password', kind: 'secret', label: 'account-password', isRequired: true, values: [] };

export const formOf = (...fields: readonly FormField[]): Form => ({ title: null, instructions: [], fields });

const note = (kind: DialogNote['kind'], code: DialogNoteCode): DialogNote => ({ kind, text: '', code });

export const ask = (form: Form, code: DialogNoteCode, kind: DialogNote['kind'] = 'info'): DialogStep => ({
  state: 'open',
  form,
  notes: [note(kind, code)],
  actions: ['complete'],
});

export const waitFor = (code: DialogNoteCode): DialogStep => ({ state: 'open', form: null, notes: [note('info', code)], actions: [], isWaiting: true });

export const over = (code: DialogNoteCode, kind: DialogNote['kind'] = 'info'): DialogStep => ({ state: 'done', form: null, notes: [note(kind, code)], actions: [] });

export const cancelled: DialogStep = { state: 'done', form: null, notes: [], actions: [] };

/** A dialog of pages one after the other; the next answerer comes with each page. */
export type Answerer = (values: Readonly<Record<string, readonly string[]>>) => Promise<Page>;
export interface Page {
  readonly step: DialogStep;
  readonly answer?: Answerer | undefined;
  /** For a step that waits. */
  readonly next?: (() => Promise<Page>) | undefined;
}

export function pagedDialog(first: Page, close: () => Promise<void> = () => Promise.resolve()): Dialog {
  let page = first;
  const turn = (next: Page): DialogStep => {
    page = next;
    return next.step;
  };
  return {
    first: first.step,
    answer: async (action, values) => (action === 'cancel' || page.answer === undefined ? cancelled : turn(await page.answer(values))),
    wait: async () => (page.next === undefined ? page.step : turn(await page.next())),
    close,
  };
}

/** The one value of a field. */
export const valueOf = (values: Readonly<Record<string, readonly string[]>>, name: string): string => values[name]?.[0]?.trim() ?? '';
