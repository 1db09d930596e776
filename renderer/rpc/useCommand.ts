import { ref, shallowRef, type Ref } from 'vue';
import type { RpcError, RpcInput, RpcMethod, RpcOutput } from '#rpc';
import { toRpcError } from './engine-client.ts';
import { useEngine } from './useEngine.ts';

export interface Command<Method extends RpcMethod> {
  readonly isRunning: Readonly<Ref<boolean>>;
  /** Why the last run was refused; null while running and after success. */
  readonly error: Ref<RpcError | null>;
  /** Resolves with the answer, or with null after a refusal that `error` then explains. */
  run(input: RpcInput<Method>): Promise<RpcOutput<Method> | null>;
}

/** Something a person does: runs once at a time and keeps the refusal for the screen. */
export const useCommand = <Method extends RpcMethod>(method: Method): Command<Method> => {
  const engine = useEngine();
  const isRunning = ref(false);
  const error = shallowRef<RpcError | null>(null);
  return {
    isRunning,
    error,
    run: async (input) => {
      if (isRunning.value) return null;
      isRunning.value = true;
      error.value = null;
      try {
        return await engine.call(method, input);
      } catch (thrown) {
        error.value = toRpcError(thrown);
        return null;
      } finally {
        isRunning.value = false;
      }
    },
  };
};
