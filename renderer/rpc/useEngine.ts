import { inject, type InjectionKey } from 'vue';
import type { EngineClient } from './engine-client.ts';

export const engineKey: InjectionKey<EngineClient> = Symbol('engine');

/** The connection to the engine; screens usually want useQuery, useCommand or useEvent instead. */
export const useEngine = (): EngineClient => {
  const engine = inject(engineKey);
  if (!engine) throw new Error('No engine was provided to this application.');
  return engine;
};
