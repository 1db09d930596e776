import { onScopeDispose } from 'vue';
import type { RpcEvent, RpcEvents } from '#rpc';
import { useEngine } from './useEngine.ts';

/** Listens to an engine event for as long as the calling component lives. */
export const useEvent = <Event extends RpcEvent>(event: Event, listener: (payload: RpcEvents[Event]) => void): void => {
  onScopeDispose(useEngine().on(event, listener));
};
