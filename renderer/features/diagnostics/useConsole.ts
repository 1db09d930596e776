import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { toRpcError, useEngine, type AccountId, type ConsoleLine, type RpcError } from '../../rpc/index.ts';
import { filterLines, keepNewest, lineKinds, type LineFilter, type NumberedLine } from './console-lines.ts';

const readEveryMs = 250;

export interface Console {
  /** Those that the filter lets through, oldest first. */
  readonly shown: Readonly<Ref<readonly NumberedLine[]>>;
  readonly filter: Ref<LineFilter>;
  readonly isPaused: Ref<boolean>;
  /** Went by too fast to be shown. */
  readonly missedCount: Readonly<Ref<number>>;
  readonly error: Readonly<Ref<RpcError | null>>;
  clear(): void;
}

/**
 * Watches the wire of an account for as long as its screen is there. While paused nothing is recorded, neither here
 * nor in the engine: what is shown stays as it is, and the view goes on with what comes then.
 */
export const useConsole = (accountId: () => AccountId): Console => {
  const engine = useEngine();
  const lines = shallowRef<readonly NumberedLine[]>([]);
  const filter = shallowRef<LineFilter>({ kinds: new Set(lineKinds), direction: 'both', text: '' });
  const isPaused = ref(false);
  const missedCount = ref(0);
  const error = shallowRef<RpcError | null>(null);
  let nextId = 1;

  const add = (more: readonly ConsoleLine[]): void => {
    if (more.length === 0) return;
    lines.value = keepNewest([...lines.value, ...more.map((line) => ({ ...line, id: nextId++ }))]);
  };

  /** Reads until it is told to stop; a console that the engine forgot is opened anew. */
  const follow = async (id: AccountId, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        const { watchId } = await engine.call('diagnostics.watch', { accountId: id });
        const stop = (): void => void engine.call('diagnostics.unwatch', { watchId }).catch(() => undefined);
        if (signal.aborted) return stop();
        signal.addEventListener('abort', stop, { once: true });
        error.value = null;
        try {
          while (!signal.aborted) {
            const read = await engine.call('diagnostics.read', { watchId });
            if (signal.aborted) return;
            missedCount.value += read.missedCount;
            add(read.lines);
            await pause(readEveryMs, signal);
          }
        } finally {
          signal.removeEventListener('abort', stop);
        }
      } catch (thrown) {
        error.value = toRpcError(thrown).code === 'not-found' ? null : toRpcError(thrown);
        await pause(readEveryMs * 8, signal);
      }
    }
  };

  let following = new AbortController();
  watch(
    [accountId, isPaused, engine.generation] as const,
    ([id, paused]) => {
      following.abort();
      following = new AbortController();
      if (!paused) void follow(id, following.signal);
    },
    { immediate: true },
  );
  watch(accountId, () => clear());
  onScopeDispose(() => following.abort());

  const clear = (): void => {
    lines.value = [];
    missedCount.value = 0;
  };
  return { shown: computed(() => filterLines(lines.value, filter.value)), filter, isPaused, missedCount, error, clear };
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
