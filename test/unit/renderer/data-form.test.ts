// @vitest-environment jsdom
import { mount, type VueWrapper } from '@vue/test-utils';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ref } from 'vue';
import type { AccountId, DialogPage, FormFieldRow, FormRow, RpcMethod } from '#rpc';
import DialogSheet from '../../../renderer/features/dialogs/DialogSheet.vue';
import { problemOf, toAnswers, valuesOf } from '../../../renderer/features/dialogs/form-values.ts';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { engineKey, shellKey, EngineFailure, type EngineClient } from '../../../renderer/rpc/index.ts';
import { until } from '../../kit/until.ts';

const field = (name: string, more: Partial<FormFieldRow> = {}): FormFieldRow => ({ name, kind: 'text', label: name, isRequired: false, values: [], media: [], ...more });
const formOf = (...fields: FormFieldRow[]): FormRow => ({ title: null, instructions: [], fields });
const pageOf = (form: FormRow | null, more: Partial<DialogPage> = {}): DialogPage => ({
  state: 'open', form, notes: [], actions: ['complete'], link: null, address: null, pageCatch: null, isWaiting: false, ...more,
});
const done = pageOf(null, { state: 'done', actions: [], notes: [{ kind: 'info', text: 'Thank you' }] });

type Answers = Partial<Record<RpcMethod, (input: never) => unknown>>;

/** The sheet over an engine that answers so; `calls` is what it was asked. */
const open = async (first: DialogPage, answers: Answers = {}) => {
  const calls: { readonly method: string; readonly input: unknown }[] = [];
  const opened: string[] = [];
  const engine = {
    link: ref('ready'),
    generation: ref(1),
    call: async (method: RpcMethod, input: never) => {
      calls.push({ method, input });
      if (method === 'dialogs.open') return { id: 'x'.repeat(32), page: first };
      return await answers[method]?.(input);
    },
    on: () => () => undefined,
  } as unknown as EngineClient;
  const shell = { links: { open: async (url: string) => void opened.push(url) } };
  const view = mount(DialogSheet, {
    attachTo: document.body,
    props: { source: { accountId: 1 as AccountId, subject: { kind: 'register', address: 'gateway.example' } }, title: 'Register' },
    global: { plugins: [createMessages()], provide: { [engineKey as symbol]: engine, [shellKey as symbol]: shell } },
  });
  onTestFinished(() => view.unmount());
  await until(() => byId('dialog-sheet') !== null && (first.form === null || document.querySelector('[data-testid^="form-"], dl, table, img') !== null));
  return { view: view as VueWrapper, calls, opened };
};
const byId = (id: string): HTMLElement | null => document.querySelector(`[data-testid="${id}"]`);
const click = (id: string): void => byId(id)?.click();
const type = (name: string, text: string): void => {
  const input = document.querySelector<HTMLInputElement>(`[data-field="${name}"]`);
  if (input === null) throw new Error(`no field ${name}`);
  input.value = text;
  input.dispatchEvent(new Event('input'));
};

describe('a form', () => {
  it('of an unkind service shows every character that turns text round', async () => {
    const turned = 'pay \u202ebob\u2066';
    const options = [{ value: 'x', label: turned }];
    const form: FormRow = {
      title: turned,
      instructions: [turned],
      fields: [
        field('', { kind: 'fixed', label: turned, values: [turned] }),
        field('one', { kind: 'choice', label: turned, hint: turned, options, values: [turned] }),
        field('many', { kind: 'choices', label: turned, hint: turned, options }),
        field('flag', { kind: 'boolean', label: turned, hint: turned }),
      ],
    };
    const tricky = /[\u202a-\u202e\u2066-\u2069]/u;
    const { view } = await open(pageOf(form, { notes: [{ kind: 'info', text: turned }] }));
    expect(document.body.textContent).toContain('pay');
    expect(document.body.textContent).not.toMatch(tricky);
    view.unmount();
    const columns = [{ name: 'jid', label: turned, kind: 'address' as const }];
    const result = { ...form, isResult: true, table: { columns, rows: [[turned]] } };
    await open(pageOf(result, { state: 'done', actions: [], address: turned }));
    expect(document.body.textContent).not.toMatch(tricky);
  });

  it('has a control with a name for every kind of field', async () => {
    await open(
      pageOf(
        formOf(
          field('', { kind: 'fixed', label: '', values: ['Read this'] }),
          field('hidden', { kind: 'hidden', values: ['kept'] }),
          field('plain'), field('secret', { kind: 'secret' }), field('lines', { kind: 'multi-line', values: ['a', 'b'] }), field('flag', { kind: 'boolean', values: ['true'] }),
          field('one', { kind: 'choice', options: [{ value: '1', label: 'One' }] }),
          field('many', { kind: 'choices', values: ['b'], options: ['a', 'b'].map((value) => ({ value, label: value.toUpperCase() })) }),
          field('who', { kind: 'address' }), field('all', { kind: 'addresses' }),
        ),
      ),
    );
    expect(byId('form-fixed')?.textContent).toContain('Read this');
    expect(document.querySelector('[data-field="hidden"]')).toBeNull();
    for (const name of ['plain', 'secret', 'lines', 'one', 'who', 'all']) {
      const input = document.querySelector<HTMLInputElement>(`[data-field="${name}"]`);
      expect(input?.labels?.[0]?.textContent, name).toContain(name);
    }
    expect(document.querySelector<HTMLInputElement>('[data-field="secret"]')?.type).toBe('password');
    expect(document.querySelector<HTMLTextAreaElement>('[data-field="lines"]')?.value).toBe('a\nb');
    expect([...document.querySelectorAll<HTMLInputElement>('input[type=checkbox]')].map(({ checked }) => checked)).toEqual([false, true]);
    expect(document.querySelector('[role="switch"]')?.getAttribute('aria-checked')).toBe('true');
  });

  it('shows what is wrong where it is wrong, takes the focus there, and sends nothing', async () => {
    const { calls } = await open(pageOf(formOf(field('note'), field('name', { isRequired: true }), field('who', { kind: 'address', values: ['two words'] }))));
    click('dialog-complete');
    await until(() => document.activeElement?.getAttribute('data-field') === 'name', { label: 'the focus' });
    const name = document.querySelector('[data-field="name"]');
    expect(name?.getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(name?.getAttribute('aria-describedby') ?? '')?.textContent).toContain('This is needed.');
    expect(document.querySelector('[role=alert]')?.textContent).toContain('2 fields');
    expect(calls.map(({ method }) => method)).toEqual(['dialogs.open']);
  });

  it('sends what was typed, and hidden fields as they came; the end is told', async () => {
    const { calls } = await open(pageOf(formOf(field('__proto__', { kind: 'hidden', values: ['kept'] }), field('name', { isRequired: true }))), { 'dialogs.answer': () => done });
    type('name', 'Ñandú');
    click('dialog-complete');
    await until(() => byId('dialog-done') !== null);
    expect(calls.at(-1)?.input).toMatchObject({ action: 'complete', answers: [{ name: '__proto__', values: ['kept'] }, { name: 'name', values: ['Ñandú'] }] });
    expect(byId('note-info')?.textContent).toContain('Thank you');
  });

  it('shows what a search found before the form, without columns that nobody filled in, and takes the focus there', async () => {
    const columns = [{ name: 'jid', label: 'Address', kind: 'address' as const }, { name: 'fn', label: 'Full name' }, { name: 'bday', label: 'Birthday' }];
    const table = { columns, rows: [['marta@levante.example', 'Marta', ''], ['paul@oriente.example', '', '']] };
    const form = formOf(field('fn'));
    await open(pageOf(form), { 'dialogs.answer': () => pageOf({ ...form, table }) });
    expect(byId('form-table')).toBeNull();
    click('dialog-complete');
    await until(() => document.activeElement?.hasAttribute('data-results') === true, { label: 'the focus' });
    expect([...document.querySelectorAll('th')].map(({ textContent }) => textContent)).toEqual(['Address', 'Full name', 'What can be done']);
    const input = document.querySelector('[data-field="fn"]');
    expect((byId('form-table')?.compareDocumentPosition(input as Node) ?? 0) & Node.DOCUMENT_POSITION_FOLLOWING).not.toBe(0);
  });

  it('plays a sound that came along when asked, and leads to one on another server only by a click', async () => {
    const made: Blob[] = [];
    URL.createObjectURL = (blob) => `blob:${made.push(blob as Blob)}`;
    URL.revokeObjectURL = () => undefined;
    const media = [{ mime: 'audio/wav', plays: 'sound' as const, base64: btoa('RIFF'), widthPx: 0, heightPx: 0 }];
    const { opened } = await open(pageOf(formOf(field('audio_recog', { label: 'Say it', media, mediaLinks: [{ mime: 'video/mp4', url: 'https://films.example/a.mp4' }] }))));
    const player = document.querySelector<HTMLAudioElement>('[data-testid="form-sound"]');
    expect([player?.controls, player?.autoplay, player?.getAttribute('aria-label')]).toEqual([true, false, 'Sound: Say it']);
    expect([player?.getAttribute('src'), made[0]?.type, made[0]?.size]).toEqual(['blob:1', 'audio/wav', 4]);
    expect(document.querySelector('img, video')).toBeNull();
    expect(byId('form-media-link')?.textContent).toContain('films.example');
    click('form-media-link');
    expect(opened).toEqual(['https://films.example/a.mp4']);
  });

  it('keeps what was typed after a refusal, but not what was read from a picture', async () => {
    const media = [{ mime: 'image/png', base64: '', widthPx: 8, heightPx: 8 }];
    const form = formOf(field('name'), field('ocr', { media }));
    const refused = pageOf(form, { notes: [{ kind: 'error', text: 'in its own words', code: 'refused', field: 'ocr' }] });
    await open(pageOf(form), { 'dialogs.answer': () => refused });
    type('name', 'carla');
    type('ocr', 'misread');
    click('dialog-complete');
    await until(() => byId('note-error') !== null);
    expect(byId('note-error')?.getAttribute('role')).toBe('alert');
    expect(byId('note-error')?.textContent).toContain('in its own words');
    expect(document.querySelector<HTMLInputElement>('[data-field="name"]')?.value).toBe('carla');
    expect(document.querySelector<HTMLInputElement>('[data-field="ocr"]')?.value).toBe('');
    expect([...document.querySelectorAll<HTMLElement>('[aria-invalid]')].map(({ dataset }) => dataset['field'])).toEqual(['ocr']);
  });

  it('shows the fault of the other side and can be sent again', async () => {
    const failing = () => Promise.reject(new EngineFailure({ code: 'rejected', message: '', isRetryable: false, detail: 'not-authorized: Wrong code' }));
    await open(pageOf(formOf(field('code'))), { 'dialogs.answer': failing });
    click('dialog-complete');
    await until(() => byId('dialog-error') !== null);
    expect(byId('dialog-error')?.textContent).toContain('Wrong code');
    expect(byId('dialog-complete')?.hasAttribute('disabled')).toBe(false);
  });

  it('waits visibly, locked meanwhile, and is given up by Cancel', async () => {
    const { view, calls } = await open(pageOf(formOf(field('code'))), { 'dialogs.answer': () => new Promise(() => undefined) });
    click('dialog-complete');
    await until(() => document.querySelector('[role=status]')?.textContent?.includes('Waiting for the answer') === true);
    expect(document.querySelector<HTMLFieldSetElement>('fieldset')?.disabled).toBe(true);
    click('dialog-cancel');
    expect(calls.at(-1)?.method).toBe('dialogs.close');
    expect(view.emitted('close')).toEqual([[false]]);
  });

  it('shows markup as letters', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    await open(pageOf({ ...formOf(field('', { kind: 'fixed', values: [evil] }), field('a', { label: evil, hint: evil })), title: evil, instructions: [evil] }, { notes: [{ kind: 'warning', text: evil }] }));
    expect(document.querySelectorAll('img')).toHaveLength(0);
    expect(document.body.textContent?.split(evil).length).toBeGreaterThan(5);
  });

  it('offers to write to somebody in a table of results', async () => {
    const table = { columns: [{ name: 'name', label: 'Name' }, { name: 'jid', label: 'Address', kind: 'address' as const }], rows: [['Juliet', 'juliet@capulet.example'], ['Nobody', '']] };
    const { view, calls } = await open(pageOf({ ...formOf(), table }), { 'conversations.start': () => ({ id: 7 }) });
    expect(document.querySelectorAll('[data-testid=write]')).toHaveLength(1);
    click('write');
    await until(() => view.emitted('open') !== undefined);
    expect(view.emitted('open')).toEqual([[7]]);
    expect(calls.find(({ method }) => method === 'conversations.start')?.input).toMatchObject({ address: 'juliet@capulet.example' });
  });

  it('opens a link only when told, and says where it leads', async () => {
    const { opened } = await open(pageOf(null, { link: 'https://register.example/a', state: 'done', actions: [] }));
    await until(() => byId('dialog-link') !== null);
    expect(byId('dialog-link')?.textContent).toContain('register.example');
    expect(opened).toEqual([]);
    click('dialog-link');
    expect(opened).toEqual(['https://register.example/a']);
  });
});

describe('the values of a form', () => {
  it.each([
    [field('a', { isRequired: true }), [''], 'required'],
    [field('a', { isRequired: true }), [], 'required'],
    [field('a'), [], null],
    [field('a', { kind: 'address' }), ['ana@example.org/desk'], null],
    [field('a', { kind: 'addresses' }), ['example.org', 'a b'], 'address'],
    [field('a', { check: { min: '1', max: '10' } }), ['11'], 'range'],
    [field('a', { check: { min: '1', max: '10' } }), ['ten'], 'number'],
    [field('a', { check: { min: '1' } }), ['7'], null],
    // Never run: it would take for ever.
    [field('a', { check: { pattern: '^(a+)+$' } }), [`${'a'.repeat(50)}!`], null],
    [field('a', { kind: 'boolean', isRequired: true }), ['false'], null],
  ])('are checked: %#', (one, values, problem) => {
    expect(problemOf(one, values)).toBe(problem);
  });

  it('leave out blank lines among addresses and nothing else', () => {
    const form = formOf(field('who', { kind: 'addresses' }), field('pass', { kind: 'secret' }));
    const values = new Map([...valuesOf(form), ['who', [' a@b ', '']], ['pass', [' blank ']]] as [string, string[]][]);
    expect(toAnswers(form, values)).toEqual([{ name: 'who', values: ['a@b'] }, { name: 'pass', values: [' blank '] }]);
  });
});
