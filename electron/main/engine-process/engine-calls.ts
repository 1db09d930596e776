import type { HostInput, HostMethod, HostOutput } from '#rpc';

/** Asking the engine something on the host's own behalf. */
export interface EngineCalls {
  /** @throws EngineFault when the engine refuses or is not running */
  call<Method extends HostMethod>(method: Method, input: HostInput<Method>): Promise<HostOutput<Method>>;
}
