import { shallowRef, watch, type Ref } from 'vue';
import type { RpcError, RpcInput, RpcMethod, RpcOutput } from '#rpc';
import { toRpcError } from './engine-client.ts';
import { useEngine } from './useEngine.ts';

export interface Query<Method extends RpcMethod> {
  /** The newest answer; stays while a fresh one is on its way. */
  readonly data: Ref<RpcOutput<Method> | null>;
  readonly error: Readonly<Ref<RpcError | null>>;
  reload(): Promise<void>;
}

/**
 * Shows what the engine knows: asks when `input` changes and whenever the connection is new.
 * An `input` of null means "nothing to ask now" and empties the answer.
 */
export const useQuery = <Method extends RpcMethod>(
  method: Method,
  input: () => RpcInput<Method> | null,
): Query<Method> => {
  const engine = useEngine();
  const data = shallowRef(null) as Ref<RpcOutput<Method> | null>;
  const error = shallowRef<RpcError | null>(null);
  let newest = 0;

  const reload = async (): Promise<void> => {
    const turn = ++newest;
    const question = input();
    if (question === null) {
      data.value = null;
      return;
    }
    try {
      const answer = await engine.call(method, question);
      if (turn !== newest) return;
      data.value = answer;
      error.value = null;
    } catch (thrown) {
      if (turn === newest) error.value = toRpcError(thrown);
    }
  };

  watch([() => JSON.stringify(input()), engine.generation], () => void reload(), { immediate: true });
  return { data, error, reload };
};
