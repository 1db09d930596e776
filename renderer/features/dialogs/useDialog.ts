import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { toRpcError, useEngine, type AccountRow, type DialogPage, type DialogView, type RpcError } from '../../rpc/index.ts';
import { problemsOf, refusalsOf, toAnswers, valuesOf, type FieldProblem, type FieldValues } from './form-values.ts';

/** After this long it is worth saying that we still wait. */
const longWaitMs = 8_000;
const tickMs = 1_000;

type Step = 'previous' | 'next' | 'complete';

/** A dialog under way: its present page, what was filled in, what is being waited for. Closed with the component. */
export const useDialog = (start: () => Promise<DialogView>) => {
  const engine = useEngine();
  const page = shallowRef<DialogPage | null>(null);
  const values = shallowRef<FieldValues>(new Map());
  const problems = shallowRef<ReadonlyMap<string, FieldProblem>>(new Map());
  const error = shallowRef<RpcError | null>(null);
  const waitingSeconds = ref<number | null>(null);
  let id: DialogView['id'] | null = null;
  let isClosed = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const close = (): void => {
    isClosed = true;
    clearInterval(timer);
    if (id !== null) engine.call('dialogs.close', { id }).catch(() => undefined);
    id = null;
  };
  onScopeDispose(close);

  /** Runs one question to the other side; null when it was refused, which `error` then explains. */
  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer | null> => {
    if (waitingSeconds.value !== null) return null;
    const startedAtMs = performance.now();
    waitingSeconds.value = 0;
    error.value = null;
    timer = setInterval(() => (waitingSeconds.value = Math.floor((performance.now() - startedAtMs) / 1_000)), tickMs);
    try {
      return await question();
    } catch (thrown) {
      if (!isClosed) error.value = toRpcError(thrown);
      return null;
    } finally {
      clearInterval(timer);
      waitingSeconds.value = null;
    }
  };

  const show = (next: DialogPage): void => {
    const isRefused = next.notes.some(({ kind }) => kind === 'error') && next.state === 'open';
    values.value = valuesOf(next.form, isRefused ? values.value : new Map());
    problems.value = refusalsOf(next);
    page.value = next;
    if (next.isWaiting) void follow();
  };
  const follow = async (): Promise<void> => {
    const dialogId = id;
    const next = dialogId === null ? null : await ask(() => engine.call('dialogs.wait', { id: dialogId }));
    if (next !== null) show(next);
  };

  const begin = async (): Promise<void> => {
    if (id !== null) engine.call('dialogs.close', { id }).catch(() => undefined);
    id = null;
    page.value = null;
    const view = await ask(start);
    if (view === null) return;
    id = view.id;
    if (isClosed) close();
    else show(view.page);
  };
  void begin();

  return {
    page,
    values,
    problems,
    error,
    waitingSeconds,
    isWaitingLong: computed(() => (waitingSeconds.value ?? 0) * 1_000 >= longWaitMs),
    close,
    retry: begin,
    /** Puts in what was found elsewhere, under the names of fields that are there. */
    fill: (found: Readonly<Record<string, string>>): void => {
      const known = new Set((page.value?.form?.fields ?? []).map(({ name }) => name));
      const added = Object.entries(found).filter(([name]) => known.has(name));
      values.value = new Map([...values.value, ...added.map(([name, value]) => [name, [value]] as const)]);
    },
    /** @returns false when a field is wrong and nothing was sent. */
    answer: async (action: Step): Promise<boolean> => {
      const form = page.value?.form ?? null;
      problems.value = action === 'previous' ? new Map() : problemsOf(form, values.value);
      if (problems.value.size > 0 || id === null) return false;
      const dialogId = id;
      const answers = toAnswers(form, values.value);
      const next = await ask(() => engine.call('dialogs.answer', { id: dialogId, action, answers }));
      if (next !== null) show(next);
      return true;
    },
    addAccount: async (): Promise<AccountRow | null> => {
      const dialogId = id;
      return dialogId === null ? null : await ask(() => engine.call('dialogs.addAccount', { id: dialogId }));
    },
  };
};
