import { onScopeDispose, ref, watch, type Ref } from 'vue';
import { useEngine, useEvent } from '../../rpc/index.ts';

/** Changes of a moment are answered together, behind what is on its way to the screen. */
const settleMs = 250;

/** How many people wait for a decision. */
export const useRequestCount = (): Readonly<Ref<number>> => {
  const engine = useEngine();
  const count = ref(0);
  let timer: number | undefined;
  const ask = async (): Promise<void> => {
    timer = undefined;
    count.value = (await engine.call('people.requests', {}).catch(() => null))?.count ?? 0;
  };
  const askSoon = (): void => {
    timer ??= window.setTimeout(() => void ask(), settleMs);
  };
  useEvent('conversations.changed', askSoon);
  watch(engine.generation, askSoon, { immediate: true });
  onScopeDispose(() => window.clearTimeout(timer));
  return count;
};
